/// One record of a TensorBoard event file: the same numbers as a ``MetricsRecord``.
///
/// A record is a length, its checksum, a protocol buffer `Event` and its checksum. Sources:
/// tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto and
/// tensorflow/core/framework/summary.proto.
enum EventRecord {
  /// The record with which every event file begins.
  static func version(time: Double) -> [UInt8] {
    framed(event(time: time, step: 0) + field(3, Array("brain.Event:2".utf8)))
  }

  /// The record of some numbers.
  ///
  /// - Parameter time: seconds since 1970.
  static func scalars(_ record: MetricsRecord, time: Double) -> [UInt8] {
    let values = zip(record.metrics.names, record.metrics.values).flatMap { name, value in
      // Value: tag = 1, simple_value = 2.
      field(1, field(1, Array(name.utf8)) + [2 << 3 | 5] + littleEndian(Float(value).bitPattern))
    }
    // Event: summary = 5.
    return framed(event(time: time, step: record.step) + field(5, values))
  }

  /// How many bytes of a file's content are whole records of steps up to `step`.
  static func prefix(of content: [UInt8], upTo step: Int) -> Int {
    var end = 0
    while content.count - end >= 16 {
      let length = content[end..<end + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard length >= 11, length <= content.count - end - 16 else { break }
      let data = Array(content[end + 12..<end + 12 + Int(length)])
      guard framed(data).elementsEqual(content[end..<end + 16 + Int(length)]),
        stepOfEvent(data).map({ $0 <= step }) == true
      else { break }
      end += 16 + data.count
    }
    return end
  }

  /// Event: wall_time = 1 (a double), step = 2 (a variable-length integer).
  private static func event(time: Double, step: Int) -> [UInt8] {
    var bytes: [UInt8] = [1 << 3 | 1]
    bytes += littleEndian(time.bitPattern)
    bytes.append(2 << 3 | 0)
    return bytes + variableLength(UInt64(step))
  }

  /// The step of an event as ``event(time:step:)`` writes it; nil for another program's.
  private static func stepOfEvent(_ data: [UInt8]) -> Int? {
    guard data[0] == 1 << 3 | 1, data[9] == 2 << 3 | 0 else { return nil }
    let bytes = data[10...].prefix { $0 & 0x80 != 0 }
    guard bytes.count <= 8, bytes.endIndex < data.count else { return nil }
    return data[10...bytes.endIndex].reversed().reduce(0) { $0 << 7 | Int($1 & 0x7F) }
  }

  /// A field of bytes: text or another message.
  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2] + variableLength(UInt64(bytes.count)) + bytes
  }

  /// Seven bits a byte, lowest first; the top bit says that more follow.
  private static func variableLength(_ value: UInt64) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + variableLength(value >> 7)
  }

  private static func framed(_ data: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(data.count))
    return length + littleEndian(maskedChecksum(length)) + data + littleEndian(maskedChecksum(data))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  // MARK: Checksum

  /// The CRC-32C, rotated and shifted so that a checksum of checksums is no trouble.
  private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let checksum = checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  /// CRC-32C (Castagnoli); "123456789" gives 0xE3069283.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0x82F6_3B78 ^ value >> 1 : value >> 1 }
  }
}
