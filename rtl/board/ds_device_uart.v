// ds_device_uart: the whole device between two wires.
// Purpose     ds_device and its UARTs: what the board tops and `--link pins` instantiate.
// Latency     see ds_uart_rx, ds_device and ds_uart_tx.   Throughput  that of the line.
// Format      contract/protocol.ts, 8 data bits, no parity, one stop bit.
// Reset       synchronous; the line at the safe baud of the contract.   Golden  golden/fixed.
`default_nettype none
`include "ds_contract.vh"

module ds_device_uart #(
    parameter BoardId     = 1,
    parameter Lanes       = 4,
    parameter ClockHz     = 36000000,  // [Hz]
    parameter Baud        = 3000000,
    parameter WeightRows  = 14336,
    parameter TrainRows   = 0,
    parameter Neurons     = 512,
    parameter Inputs      = 1024,
    parameter MaxWidth    = 256,
    parameter Layers      = 128,
    parameter Activations = 3,    // bit c: the activation of code c is built
    parameter RecordWords = 1024,
    parameter BufferBytes = 2048,
    parameter ImageBanks  = 2,
    parameter Shared      = 0      // 1: see ds_row_memory
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        rx_i,        // asynchronous
    output wire        tx_o,

    output wire        idle_o,      // nothing to do and nothing to send until the line falls
    output wire        busy_o,      // an image is in work or waits
    output wire        blink_o,     // the host asks for the LED
    output wire [31:0] images_o,    // finished in this batch
    output wire [31:0] clock_hz_o,  // constant; for the simulated board, as is the next one
    input  wire [9:0]  skip_ms_i    // see ds_milliseconds; 0 on a board
);
  localparam DIVISOR_BITS = $clog2(ClockHz / `DS_SAFE_BAUD + 1);
  wire        rx_valid;
  wire        rx_ready;
  wire [7:0]  rx_data;
  wire        tx_valid;
  wire        tx_ready;
  wire [7:0]  tx_data;
  wire [15:0] divisor;
  wire        framing_error;
  wire        line_break;
  wire        rx_idle;
  wire        tx_idle;
  wire        device_idle;

  assign idle_o = device_idle && rx_idle && tx_idle;

  ds_uart_rx #(
      .DivisorBits(DIVISOR_BITS)
  ) u_rx (
      .clk_i          (clk_i),
      .rst_i          (rst_i),
      .rx_i           (rx_i),
      .divisor_i      (divisor),
      .out_valid_o    (rx_valid),
      .out_data_o     (rx_data),
      .framing_error_o(framing_error),
      .break_o        (line_break),
      .idle_o         (rx_idle)
  );

  ds_device #(
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
      .BufferBytes(BufferBytes),
      .ImageBanks (ImageBanks),
      .Shared     (Shared)
  ) u_device (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .rx_valid_i  (rx_valid),
      .rx_ready_o  (rx_ready),
      .rx_data_i   (rx_data),
      .tx_valid_o  (tx_valid),
      .tx_ready_i  (tx_ready),
      .tx_data_o   (tx_data),
      .divisor_o   (divisor),
      .line_idle_i (tx_idle),
      .line_break_i(line_break),
      .idle_o      (device_idle),
      .busy_o      (busy_o),
      .blink_o     (blink_o),
      .images_o    (images_o),
      .clock_hz_o  (clock_hz_o),
      .skip_ms_i   (skip_ms_i)
  );

  ds_uart_tx #(
      .DivisorBits(DIVISOR_BITS)
  ) u_tx (
      .clk_i     (clk_i),
      .rst_i     (rst_i),
      .in_valid_i(tx_valid),
      .in_ready_o(tx_ready),
      .in_data_i (tx_data),
      .divisor_i (divisor),
      .tx_o      (tx_o),
      .idle_o    (tx_idle)
  );

  // The receiver always takes a byte, and a broken one costs its frame, which is counted.
  wire unused = &{1'b0, rx_ready, framing_error};
endmodule

`default_nettype wire
