// fv_reply_contract.vh: stands for ds_contract.vh in the proof of the transmitter: the same cells, but
// short.
`define DS_REPLY_HEADER_BYTES 1
`define DS_REPLY_PAYLOAD_BYTES 1
`define DS_REPLY_DECODED_BYTES 6
`define DS_REPLY_WIRE_BYTES 8
