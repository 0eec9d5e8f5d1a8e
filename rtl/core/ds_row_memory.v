// ds_row_memory: the weights, LANES words a row, and the unit memory, four words an access.
// Purpose     Shared: the unit memory is the top of the weights' one port, which suits the four
//             big memories of UP5K (LANES is 4). Else it has a memory of its own.
// Latency     1 cycle.   Throughput  1 row/cycle; beside it 1 unit
//             read and 1 unit write a cycle, or, Shared, one access of all: a unit access wins, the
//             row is lost. No row is written beside a unit access.
// Format      opaque words.
// Reset       none: random after power-up.   Golden  none.
`default_nettype none
module ds_row_memory #(
    parameter Lanes    = 4,
    parameter WordBits = 16,    // [bits]
    parameter Rows     = 1024,  // of weights
    parameter RowBits  = 10,    // [bits], log2 of Rows, rounded up
    parameter Units    = 1536,  // [accesses] of the unit memory
    parameter UnitBits = 11,    // [bits], log2 of Units, rounded up
    parameter Shared   = 0,     // 1: Lanes is 4, and Rows + 2^UnitBits is a power of two
    parameter PlaneRows = 0,    // a quarter of Rows, or 0: no planes; not Shared
    parameter PlaneBits = 1     // [bits], log2(PlaneRows)
) (
    input  wire                      clk_i,

    input  wire [         Lanes-1:0] row_write_i,
    input  wire [       RowBits-1:0] row_addr_i,
    output wire [Lanes*WordBits-1:0] row_data_o,
    output wire [4*Lanes*WordBits-1:0] planes_o,
    input  wire [               1:0] pair_write_i,   // planes 1 and 0, 3 and 2; no row beside it
    input  wire [     PlaneBits-1:0] pair_addr_i,
    input  wire [2*Lanes*WordBits-1:0] pair_data_i,

    input  wire                      unit_access_i,  // Shared: no row
    input  wire [      UnitBits-1:0] unit_raddr_i,  // Shared: of a write too
    output wire [    4*WordBits-1:0] unit_data_o,
    input  wire [               3:0] unit_write_i,  // each of the four words
    input  wire [      UnitBits-1:0] unit_waddr_i,
    input  wire [    4*WordBits-1:0] unit_data_i    // a row's lane i takes word i, modulo 4
);
  genvar i;
  generate
    if (Shared != 0) begin : g_shared
      localparam DEPTH_BITS = $clog2(Rows + (1 << UnitBits));
      wire [DEPTH_BITS-1:0] top = {{(DEPTH_BITS - UnitBits) {1'b1}}, unit_raddr_i};
      wire [DEPTH_BITS-1:0] row = {{(DEPTH_BITS - RowBits) {1'b0}}, row_addr_i};
      ds_weight_ram #(
          .Lanes   (4),
          .WordBits(WordBits),
          .Rows    (1 << DEPTH_BITS),
          .RowBits (DEPTH_BITS)
      ) u_rows (
          .clk_i  (clk_i),
          .we_i   (unit_write_i | row_write_i),
          .addr_i (unit_access_i ? top : row),
          .wdata_i(unit_data_i),
          .rdata_o(row_data_o)
      );
      assign unit_data_o = row_data_o;
      wire unused = &{1'b0, unit_waddr_i};
    end else begin : g_separate
      if (PlaneRows != 0) begin : g_planes
        ds_plane_memory #(
            .Lanes    (Lanes),
            .WordBits (WordBits),
            .PlaneRows(PlaneRows),
            .PlaneBits(PlaneBits)
        ) u_rows (
            .clk_i      (clk_i),
            .addr_i     (row_addr_i),
            .row_o      (row_data_o),
            .planes_o   (planes_o),
            .we_i       (row_write_i),
            .wdata_i    ({(Lanes / 4) {unit_data_i}}),
            .pair_we_i  (pair_write_i),
            .pair_addr_i(pair_addr_i),
            .pair_data_i(pair_data_i)
        );
      end else begin : g_rows
        ds_weight_ram #(
            .Lanes   (Lanes),
            .WordBits(WordBits),
            .Rows    (Rows),
            .RowBits (RowBits)
        ) u_rows (
            .clk_i  (clk_i),
            .we_i   (row_write_i),
            .addr_i (row_addr_i),
            .wdata_i({(Lanes / 4) {unit_data_i}}),
            .rdata_o(row_data_o)
        );
      end
      for (i = 0; i < 4; i = i + 1) begin : g_word
        ds_ram #(
            .Width  (WordBits),
            .Depth  (Units),
            .Latency(1)
        ) u_units (
            .clk_i  (clk_i),
            .we_i   (unit_write_i[i]),
            .waddr_i(unit_waddr_i),
            .wdata_i(unit_data_i[i*WordBits+:WordBits]),
            .raddr_i(unit_raddr_i),
            .rdata_o(unit_data_o[i*WordBits+:WordBits])
        );
      end
      wire unused = &{1'b0, unit_access_i};
    end
    if (PlaneRows == 0) begin : g_no_planes
      assign planes_o = {(4 * Lanes * WordBits) {1'b0}};
      wire unused = &{1'b0, pair_write_i, pair_addr_i, pair_data_i};
    end
  endgenerate
endmodule
`default_nettype wire
