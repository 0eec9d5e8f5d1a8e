// fv_contract.vh: stands for ds_contract.vh in proofs of the receiver: the same frames, but short.
`define DS_REQUEST_HEADER_BYTES 4
`define DS_REQUEST_MAX_PAYLOAD 2
`define DS_CRC_BYTES 4
`define DS_STALL_MS 16
