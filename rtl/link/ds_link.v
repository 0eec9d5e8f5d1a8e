// ds_link: byte streams from and to the host, and the core's port.
// Purpose     frame receiver, command decoder, image decoder, registers, reply transmitter.
//             Bytes come from a UART, whose divisor it keeps, or, simulated, in parallel.
// Latency     see the parts.   Throughput  1 byte in 2 cycles in, 1 in 3 cycles out.
// Format      contract/protocol.ts.
// Reset       everything pending is forgotten; settings as in ds_registers.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_link #(
    parameter BoardId     = 1,
    parameter Lanes       = 4,
    parameter ClockHz     = 36000000,  // [Hz]
    parameter Baud        = 3000000,
    parameter WeightRows  = 16384,
    parameter TrainRows   = 0,
    parameter Neurons     = 512,
    parameter Inputs      = 1024,
    parameter MaxWidth    = 256,
    parameter Layers      = 128,
    parameter Activations = 3,    // bit c: the activation of code c is built
    parameter RecordWords = 1024,
    parameter BufferBytes = 2048
) (
    input  wire        clk_i,
    input  wire        rst_i,
    input  wire [9:0]  skip_ms_i,      // see ds_milliseconds

    input  wire        rx_valid_i,
    output wire        rx_ready_o,
    input  wire [7:0]  rx_data_i,

    output wire        tx_valid_o,
    input  wire        tx_ready_i,
    output wire [7:0]  tx_data_o,

    output wire [15:0] divisor_o,      // [cycles a bit]
    input  wire        line_idle_i,    // every byte that was taken is through the line
    input  wire        line_break_i,   // strobe

    output wire [7:0]  layer_count_o,
    output wire [10:0] input_width_o,
    output wire        cost_o,
    output wire        begin_batch_o,
    output wire        observe_o,
    output wire        blink_o,
    output wire [7:0]  inject_layer_o,
    output wire [15:0] inject_exponent_o,
    input  wire [31:0] images_i,
    input  wire        idle_i,

    output wire        host_write_o,
    output wire        host_read_o,
    output wire [3:0]  host_region_o,  // of the contract, steady through an access
    output wire [23:0] host_addr_o,
    output wire [31:0] host_wdata_o,
    input  wire [31:0] host_rdata_i,
    input  wire        host_rvalid_i,  // answers every read, also of a register

    input  wire        image_free_i,
    output wire        image_clear_o,
    output wire        image_write_o,
    output wire [9:0]  image_index_o,
    output wire [15:0] image_value_o,
    output wire        image_commit_o,
    output wire [7:0]  image_label_o,

    output wire        idle_o          // no byte under way in either direction
);
  localparam [7:0] REGISTERS_CODE = `DS_REGION_REGISTERS;
  localparam [3:0] REGISTERS = REGISTERS_CODE[3:0];

  wire [10:0] elapsed;

  ds_milliseconds #(
      .ClockHz(ClockHz)
  ) u_milliseconds (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .skip_i   (skip_ms_i),
      .elapsed_o(elapsed)
  );

  wire        frame_valid;
  wire        frame_ready;
  wire [7:0]  frame_data;
  wire        good_frame;
  wire [15:0] accepted;
  wire [15:0] discarded;
  wire        missed;
  wire        told;
  wire        receiver_idle;

  ds_frame_receiver #(
      .BufferBytes(BufferBytes),
      .StallMs    (`DS_STALL_MS)
  ) u_receiver (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .elapsed_i   (elapsed),
      .rx_valid_i  (rx_valid_i),
      .rx_ready_o  (rx_ready_o),
      .rx_data_i   (rx_data_i),
      .out_valid_o (frame_valid),
      .out_ready_i (frame_ready),
      .out_data_o  (frame_data),
      .good_frame_o(good_frame),
      .accepted_o  (accepted),
      .discarded_o (discarded),
      .missed_o    (missed),
      .told_i      (told),
      .idle_o      (receiver_idle)
  );

  wire        reply_valid;
  wire        reply_ready;
  wire [7:0]  reply_data;
  wire [1:0]  reply_kind;
  wire        reply_last;
  wire [7:0]  reply_sum;
  wire [7:0]  number;
  wire        recall;
  wire        recalled;
  wire [2:0]  answer;
  wire        image_start;
  wire        image_bad;
  wire        image_idle;
  wire        image_valid;
  wire        image_ready;
  wire [7:0]  image_data;
  wire        image_last;
  wire [31:0] register_rdata;
  wire        register_select = host_region_o == REGISTERS;
  wire        replied;
  wire        decoder_idle;

  ds_command_decoder #(
      .BoardId    (BoardId),
      .Lanes      (Lanes),
      .ClockHz    (ClockHz),
      .Baud       (Baud),
      .WeightRows (WeightRows),
      .TrainRows  (TrainRows),
      .Neurons    (Neurons),
      .Inputs     (Inputs),
      .MaxWidth   (MaxWidth),
      .Layers     (Layers),
      .Activations(Activations),
      .RecordWords(RecordWords),
      .BufferBytes(BufferBytes)
  ) u_decoder (
      .clk_i        (clk_i),
      .rst_i        (rst_i),
      .in_valid_i   (frame_valid),
      .in_ready_o   (frame_ready),
      .in_data_i    (frame_data),
      .missed_i     (missed),
      .told_o       (told),
      .reply_valid_o(reply_valid),
      .reply_ready_i(reply_ready),
      .reply_data_o (reply_data),
      .reply_kind_o (reply_kind),
      .reply_last_o (reply_last),
      .reply_sum_i  (reply_sum),
      .number_o     (number),
      .recall_o     (recall),
      .recalled_i   (recalled),
      .answer_i     (answer),
      .image_start_o(image_start),
      .image_bad_i  (image_bad),
      .image_idle_i (image_idle),
      .image_valid_o(image_valid),
      .image_ready_i(image_ready),
      .image_data_o (image_data),
      .image_last_o (image_last),
      .core_idle_i  (idle_i),
      .host_write_o (host_write_o),
      .host_read_o  (host_read_o),
      .host_region_o(host_region_o),
      .host_addr_o  (host_addr_o),
      .host_wdata_o (host_wdata_o),
      .host_rdata_i (register_select ? register_rdata : host_rdata_i),
      .host_rvalid_i(host_rvalid_i),
      .replied_o    (replied),
      .idle_o       (decoder_idle)
  );

  ds_image_decoder #(
      .Inputs(Inputs)
  ) u_images (
      .clk_i         (clk_i),
      .rst_i         (rst_i),
      .start_i       (image_start),
      .bad_o         (image_bad),
      .idle_o        (image_idle),
      .in_valid_i    (image_valid),
      .in_ready_o    (image_ready),
      .in_data_i     (image_data),
      .in_last_i     (image_last),
      .input_width_i (input_width_o),
      .image_free_i  (image_free_i),
      .image_clear_o (image_clear_o),
      .image_write_o (image_write_o),
      .image_index_o (image_index_o),
      .image_value_o (image_value_o),
      .image_commit_o(image_commit_o),
      .image_label_o (image_label_o)
  );

  wire divisor_write;

  ds_registers u_registers (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .write_i          (host_write_o && register_select),
      .addr_i           (host_addr_o),
      .wdata_i          (host_wdata_o),
      .rdata_o          (register_rdata),
      .layer_count_o    (layer_count_o),
      .input_width_o    (input_width_o),
      .cost_o           (cost_o),
      .begin_batch_o    (begin_batch_o),
      .observe_o        (observe_o),
      .blink_o          (blink_o),
      .inject_layer_o   (inject_layer_o),
      .inject_exponent_o(inject_exponent_o),
      .divisor_write_o  (divisor_write),
      .divisor_i        (divisor_o),
      .images_i         (images_i),
      .accepted_i       (accepted),
      .discarded_i      (discarded)
  );

  wire transmitter_idle;

  ds_reply_transmitter #(
      .Cells(4)
  ) u_transmitter (
      .clk_i     (clk_i),
      .rst_i     (rst_i),
      .in_valid_i(reply_valid),
      .in_ready_o(reply_ready),
      .in_data_i (reply_data),
      .in_kind_i (reply_kind),
      .in_last_i (reply_last),
      .sum_o     (reply_sum),
      .number_i  (number),
      .recall_i  (recall),
      .recalled_o(recalled),
      .answer_o  (answer),
      .tx_valid_o(tx_valid_o),
      .tx_ready_i(tx_ready_i),
      .tx_data_o (tx_data_o),
      .idle_o    (transmitter_idle)
  );

  ds_baud #(
      .ClockHz (ClockHz),
      .SafeBaud(`DS_SAFE_BAUD),
      .RevertMs(`DS_BAUD_REVERT_MS)
  ) u_baud (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .elapsed_i   (elapsed),
      .write_i     (divisor_write),
      .divisor_i   (host_wdata_o),
      .replied_i   (replied),
      .quiet_i     (transmitter_idle && line_idle_i),
      .good_frame_i(good_frame),
      .break_i     (line_break_i),
      .divisor_o   (divisor_o)
  );

  assign idle_o = receiver_idle && decoder_idle && transmitter_idle;
endmodule

`default_nettype wire
