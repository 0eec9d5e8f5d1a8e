// ds_unit_store: who may use the unit memory, and what lies where in it.
// Purpose     one memory of four 16 bit words a place for all that is kept per neuron or layer:
//             sums and deltas, z and a, given deltas, the layer table, the records.
// Latency     1 read is answered 1 cycle later, by the memory.   Throughput  1 write and 1 read a
//             cycle; with a Shared memory one of the two, or a row.
// Format      places, with n a neuron, w the word from bit 0 up: sums {delta, sum 47:0}; units
//             {given delta, a, z 31:0}; table: two places a layer, the running exponent of the sums
//             on top; records: two words of 32 bits.
// Reset       none.   Golden  none.
`default_nettype none
module ds_unit_store #(
    parameter NeuronBits = 9,   // [bits], log2(neurons)
    parameter LayerBits  = 7,   // [bits]
    parameter PairBits   = 8,   // [bits], log2(record words / 2), at most NeuronBits
    parameter WidthBits  = 8,   // [bits]
    parameter ZBits      = 20,  // [bits]
    parameter SumBits    = 48,  // [bits]
    parameter SumsPart   = 0,   // which quarter of the places
    parameter NeuronsPart = 1,
    parameter TablePart  = 2,
    parameter RecordsPart = 3,
    parameter Shared     = 0    // 1: the weights have the same port
) (
    // Never two of these at a time with Shared, and never two writes; the others wait for them.
    input  wire                  sum_read_i,
    input  wire [NeuronBits-1:0] sum_read_neuron_i,
    input  wire                  sum_write_i,
    input  wire [NeuronBits-1:0] sum_write_neuron_i,
    input  wire [   SumBits-1:0] sum_write_data_i,
    input  wire [          15:0] sum_write_delta_i,
    input  wire                  exponent_write_i,
    input  wire [ LayerBits-1:0] exponent_layer_i,
    input  wire [          15:0] exponent_data_i,
    input  wire                  given_read_i,
    input  wire [ WidthBits-1:0] given_index_i,
    input  wire                  z_write_i,
    input  wire [NeuronBits-1:0] z_neuron_i,
    input  wire [     ZBits-1:0] z_data_i,
    input  wire                  a_write_i,
    input  wire [NeuronBits-1:0] a_neuron_i,
    input  wire [          15:0] a_data_i,
    input  wire                  host_read_i,
    input  wire [           1:0] host_write_i,   // low or high word of the place
    input  wire [NeuronBits+1:0] host_place_i,
    input  wire [          31:0] host_data_i,

    input  wire                  row_i,          // a row is read in this cycle
    input  wire [           1:0] record_write_i,
    input  wire [  PairBits-1:0] record_pair_i,
    input  wire [          31:0] record_data_i,
    output wire                  record_grant_o,
    input  wire                  table_read_i,
    input  wire [   LayerBits:0] table_place_i,
    output wire                  table_grant_o,

    output wire                  unit_access_o,  // Shared: the port is not for a row
    output wire [NeuronBits+1:0] unit_raddr_o,   // Shared: of a write too
    output wire [           3:0] unit_write_o,
    output wire [NeuronBits+1:0] unit_waddr_o,
    output wire [          63:0] unit_data_o
);
  localparam TABLE_PAD = NeuronBits - (LayerBits + 1);
  localparam RECORD_PAD = NeuronBits - PairBits;
  localparam GIVEN_PAD = NeuronBits - WidthBits;
  localparam [1:0] SUMS = SumsPart[1:0];
  localparam [1:0] UNITS = NeuronsPart[1:0];
  localparam [1:0] TABLE = TablePart[1:0];
  localparam [1:0] RECORDS = RecordsPart[1:0];

  wire first_write = sum_write_i || exponent_write_i || z_write_i || a_write_i;
  wire first_read = sum_read_i || given_read_i;
  wire port_taken = Shared != 0 && (row_i || first_read || first_write);
  wire record_wanted = record_write_i != 2'd0;
  assign record_grant_o = !first_write && !port_taken;
  assign table_grant_o = !first_read && !port_taken && !(Shared != 0 && record_wanted);
  wire record_writes = record_wanted && record_grant_o;

  // Late is only row_i: what is granted counts for the data, not for the address.
  wire write = first_write || host_write_i != 2'd0 || (record_wanted && !first_read);
  assign unit_access_o = !row_i && (write || first_read || table_read_i || host_read_i);
  assign unit_raddr_o = Shared != 0 && write ? unit_waddr_o : sum_read_i ? {SUMS, sum_read_neuron_i}
      : given_read_i ? {UNITS, {GIVEN_PAD{1'b0}}, given_index_i}
      : table_read_i ? {TABLE, {TABLE_PAD{1'b0}}, table_place_i} : host_place_i;

  assign unit_write_o = {4{sum_write_i}} | {exponent_write_i, a_write_i, {2{z_write_i}}}
      | {{2{record_writes && record_write_i[1]}}, {2{record_writes && record_write_i[0]}}}
      | {{2{host_write_i[1]}}, {2{host_write_i[0]}}};
  assign unit_waddr_o = sum_write_i ? {SUMS, sum_write_neuron_i}
      : z_write_i ? {UNITS, z_neuron_i}
      : a_write_i ? {UNITS, a_neuron_i}
      : exponent_write_i ? {TABLE, {TABLE_PAD{1'b0}}, exponent_layer_i, 1'b1}
      : record_wanted ? {RECORDS, {RECORD_PAD{1'b0}}, record_pair_i} : host_place_i;

  wire [31:0] word = record_wanted ? record_data_i : host_data_i;
  wire [31:0] z = {{(32 - ZBits) {z_data_i[ZBits-1]}}, z_data_i};
  wire [63:0] others = {
    exponent_write_i ? exponent_data_i : word[31:16],
    a_write_i ? a_data_i : word[15:0],
    z_write_i ? z : word
  };
  assign unit_data_o = sum_write_i ? {sum_write_delta_i, sum_write_data_i} : others;
endmodule
`default_nettype wire
