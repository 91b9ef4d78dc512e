using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Wraps signals for their topic.</summary>
internal static class SignalEnvelope
{
    /// <summary>
    /// Wraps a signal. Its id follows from what it says, so that a signal that is published again after a crash has the id that it had: a UUID of version 7, whose random bits are a hash of the signal.
    /// </summary>
    public static DataPlaneEnvelope Of(AnalysisSignalEvent signal)
    {
        var envelope = new DataPlaneEnvelope
        {
            EventId = Guid.Empty,
            Timestamp = signal.Timestamp,
            EventType = signal.EventType,
            SchemaVersion = signal.SchemaVersion,
            Payload = signal,
        };
        Span<byte> id = stackalloc byte[16];
        XxHash128.Hash(Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelope)), id);
        var high = ((ulong)Math.Max(0, signal.Timestamp.ToUnixTimeMilliseconds()) << 16) | 0x7000 | (BinaryPrimitives.ReadUInt64BigEndian(id) & 0x0FFF);
        var low = 0x8000_0000_0000_0000 | (BinaryPrimitives.ReadUInt64BigEndian(id[8..]) & 0x3FFF_FFFF_FFFF_FFFF);
        BinaryPrimitives.WriteUInt64BigEndian(id, high);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], low);
        return envelope with { EventId = new Guid(id, bigEndian: true) };
    }
}
