// ds_device: link and core, the whole device between two byte streams.
// Purpose     what every board top and the simulated board instantiate.
// Latency     see ds_link and ds_core.   Throughput  1 byte/cycle in and out.
// Format      contract/protocol.ts.
// Reset       synchronous; memories keep what they hold.   Golden  golden/fixed.
`default_nettype none

module ds_device #(
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

    input  wire        rx_valid_i,
    output wire        rx_ready_o,
    input  wire [7:0]  rx_data_i,

    output wire        tx_valid_o,
    input  wire        tx_ready_i,
    output wire [7:0]  tx_data_o,

    output wire [15:0] divisor_o,     // of a serial line: clock cycles a bit
    input  wire        line_idle_i,   // every byte that was taken is through the line
    input  wire        line_break_i,  // strobe

    output wire        idle_o,        // nothing to do and nothing to send until a byte comes
    output wire        busy_o,        // an image is in work or waits
    output wire        blink_o,       // the host asks for the LED
    output wire [31:0] images_o,      // finished in this batch
    output wire [31:0] clock_hz_o,    // constant; for the simulated board, as is the next one
    input  wire [9:0]  skip_ms_i      // see ds_milliseconds; 0 on a board
);
  wire [7:0]  layer_count;
  wire [10:0] input_width;
  wire        cost;
  wire        begin_batch;
  wire        observe;
  wire [7:0]  inject_layer;
  wire [15:0] inject_exponent;
  wire        core_idle;
  wire        link_idle;

  wire        host_write;
  wire        host_read;
  wire [23:0] host_addr;
  wire [31:0] host_wdata;
  wire [3:0]  host_region;
  wire [31:0] host_rdata;
  wire        host_rvalid;

  wire        image_free;
  wire        image_clear;
  wire        image_write;
  wire [9:0]  image_index;
  wire [15:0] image_value;
  wire        image_commit;
  wire [7:0]  image_label;

  assign idle_o     = core_idle && link_idle;
  assign busy_o     = !core_idle;
  assign clock_hz_o = ClockHz;

  ds_link #(
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
  ) u_link (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .skip_ms_i        (skip_ms_i),
      .rx_valid_i       (rx_valid_i),
      .rx_ready_o       (rx_ready_o),
      .rx_data_i        (rx_data_i),
      .tx_valid_o       (tx_valid_o),
      .tx_ready_i       (tx_ready_i),
      .tx_data_o        (tx_data_o),
      .divisor_o        (divisor_o),
      .line_idle_i      (line_idle_i),
      .line_break_i     (line_break_i),
      .layer_count_o    (layer_count),
      .input_width_o    (input_width),
      .cost_o           (cost),
      .begin_batch_o    (begin_batch),
      .observe_o        (observe),
      .blink_o          (blink_o),
      .inject_layer_o   (inject_layer),
      .inject_exponent_o(inject_exponent),
      .images_i         (images_o),
      .idle_i           (core_idle),
      .host_write_o     (host_write),
      .host_read_o      (host_read),
      .host_addr_o      (host_addr),
      .host_wdata_o     (host_wdata),
      .host_region_o    (host_region),
      .host_rdata_i     (host_rdata),
      .host_rvalid_i    (host_rvalid),
      .image_free_i     (image_free),
      .image_clear_o    (image_clear),
      .image_write_o    (image_write),
      .image_index_o    (image_index),
      .image_value_o    (image_value),
      .image_commit_o   (image_commit),
      .image_label_o    (image_label),
      .idle_o           (link_idle)
  );

  ds_core #(
      .Lanes      (Lanes),
      .WeightRows (WeightRows),
      .TrainRows  (TrainRows),
      .Neurons    (Neurons),
      .Inputs     (Inputs),
      .MaxWidth   (MaxWidth),
      .Layers     (Layers),
      .Activations(Activations),
      .RecordWords(RecordWords),
      .ImageBanks (ImageBanks),
      .Shared     (Shared)
  ) u_core (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .layer_count_i    (layer_count),
      .cost_i           (cost),
      .begin_batch_i    (begin_batch),
      .observe_i        (observe),
      .inject_layer_i   (inject_layer),
      .inject_exponent_i(inject_exponent),
      .images_o         (images_o),
      .idle_o           (core_idle),
      .host_write_i     (host_write),
      .host_read_i      (host_read),
      .host_addr_i      (host_addr),
      .host_wdata_i     (host_wdata),
      .host_region_i    (host_region),
      .host_rvalid_o    (host_rvalid),
      .host_rdata_o     (host_rdata),
      .image_free_o     (image_free),
      .image_clear_i    (image_clear),
      .image_write_i    (image_write),
      .image_index_i    (image_index),
      .image_value_i    (image_value),
      .image_commit_i   (image_commit),
      .image_label_i    (image_label)
  );

  wire unused = &{1'b0, input_width};
endmodule

`default_nettype wire
