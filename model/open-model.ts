/** `golden/fixed` as a device on a wire, for machines that cannot simulate the RTL. */
import { activationMask, BOARDS, type BoardName } from '../contract/boards.ts';
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import { PROTOCOL_VERSION } from '../contract/protocol.ts';
import type { Identity } from '../host/protocol/requests.ts';
import { createLoop } from '../host/transport/memory.ts';
import type { Transport } from '../host/transport/transport.ts';
import { ModelCore } from './core.ts';
import { Endpoint } from './endpoint.ts';

/** What the board of that name says of itself. */
export function identityOf(board: BoardName): Identity {
  const { id, maxWidth, ...values } = BOARDS[board];
  const { lanes, clockHz, baud, weightRows, neurons, inputs, layers } = values;
  const { recordWords, bufferBytes, trainRows } = values;
  const activations = activationMask(values);
  return {
    ...{ protocolVersion: PROTOCOL_VERSION, contractCrc: CONTRACT_CRC, board: id, width: maxWidth },
    ...{
      lanes,
      clockHz,
      baud,
      weightRows,
      neurons,
      inputs,
      layers,
      recordWords,
      bufferBytes,
      trainRows,
      activations,
    },
  };
}

/** The host's end of a wire to a model with that board's memories. */
export function openModel(board: BoardName): Transport {
  const [host, device] = createLoop();
  const identity = identityOf(board);
  const served = new Endpoint(device, { core: new ModelCore(identity), identity }).serve();
  // It is told of the fault, if there is one, by `incoming`.
  served.catch(() => device[Symbol.asyncDispose]());
  return { ...host, incoming: untilServed(host.incoming, served) };
}

/** Ends with the wire. @throws what ended the model. */
async function* untilServed(
  incoming: AsyncIterable<Uint8Array>,
  served: Promise<void>,
): AsyncGenerator<Uint8Array> {
  yield* incoming;
  await served;
}
