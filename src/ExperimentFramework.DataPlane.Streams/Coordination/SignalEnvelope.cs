using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>Wraps signals for their topic.</summary>
internal static class SignalEnvelope
{
    /// <summary>
    /// Wraps a signal. Its id follows from its number, so that a signal that is found again after a crash, with other counts at another time, has the id that it had: a UUID of version 8, all bits of which are a hash.
    /// </summary>
    /// <param name="signal">The signal.</param>
    /// <param name="source">Who numbers the signals of the experiment.</param>
    /// <param name="number">The number of the signal.</param>
    public static DataPlaneEnvelope Of(AnalysisSignalEvent signal, Guid source, long number)
    {
        Span<byte> id = stackalloc byte[16];
        XxHash128.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{source:N} {number} {signal.SignalType} {signal.Data?.GetValueOrDefault("state")} {signal.ExperimentName}")), id);
        BinaryPrimitives.WriteUInt64BigEndian(id, (BinaryPrimitives.ReadUInt64BigEndian(id) & 0xFFFF_FFFF_FFFF_0FFF) | 0x8000);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], 0x8000_0000_0000_0000 | (BinaryPrimitives.ReadUInt64BigEndian(id[8..]) & 0x3FFF_FFFF_FFFF_FFFF));
        return new DataPlaneEnvelope
        {
            EventId = new Guid(id, bigEndian: true),
            Timestamp = signal.Timestamp,
            EventType = signal.EventType,
            SchemaVersion = signal.SchemaVersion,
            Payload = signal,
        };
    }
}
