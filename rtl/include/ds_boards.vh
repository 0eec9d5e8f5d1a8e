// ds_boards.vh: the parameters of each board, for its top. Generated from contract/ by `npm run gen`; do not edit.
`ifndef DS_BOARDS_VH
`define DS_BOARDS_VH

`define DS_ICEBREAKER_CLOCK \
  .OscillatorHz(12000000), \
  .Reference(1), \
  .Feedback(48), \
  .Output(32)
`define DS_ICEBREAKER_DEVICE \
  .BoardId(1), \
  .Lanes(4), \
  .ClockHz(18000000), \
  .Baud(3000000), \
  .WeightRows(14336), \
  .Neurons(512), \
  .Inputs(1024), \
  .MaxWidth(256), \
  .Layers(128), \
  .Activations(3), \
  .RecordWords(1024), \
  .BufferBytes(1024), \
  .TrainRows(0), \
  .ImageBanks(1), \
  .Shared(1)

`define DS_ULX3S_25F_CLOCK \
  .OscillatorHz(25000000), \
  .Reference(2), \
  .Feedback(50), \
  .Output(10)
`define DS_ULX3S_25F_DEVICE \
  .BoardId(3), \
  .Lanes(16), \
  .ClockHz(62500000), \
  .Baud(3000000), \
  .WeightRows(2048), \
  .Neurons(512), \
  .Inputs(1024), \
  .MaxWidth(256), \
  .Layers(128), \
  .Activations(31), \
  .RecordWords(1024), \
  .BufferBytes(2048), \
  .TrainRows(0), \
  .ImageBanks(2), \
  .Shared(0)

`define DS_ULX3S_85F_CLOCK \
  .OscillatorHz(25000000), \
  .Reference(1), \
  .Feedback(20), \
  .Output(10)
`define DS_ULX3S_85F_DEVICE \
  .BoardId(2), \
  .Lanes(32), \
  .ClockHz(50000000), \
  .Baud(3000000), \
  .WeightRows(4096), \
  .Neurons(2048), \
  .Inputs(1024), \
  .MaxWidth(256), \
  .Layers(128), \
  .Activations(31), \
  .RecordWords(2048), \
  .BufferBytes(4096), \
  .TrainRows(1024), \
  .ImageBanks(2), \
  .Shared(0)

`endif
