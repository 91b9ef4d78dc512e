using System.Text.Json;
using System.Text.Json.Serialization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// The pseudonym keys of an experiment in one partition, in order of appearance. Subjects of the newest two are counted: hosts change to a new key one after the other, and each key is a run that needs more evidence than the one before.
/// </summary>
/// <param name="keys">The keys, the oldest first.</param>
internal sealed class PseudonymKeys(IEnumerable<PseudonymKey> keys)
{
    /// <summary>A stream can name any number.</summary>
    private const int MaxKeys = 256;

    private readonly List<PseudonymKey> _keys = [.. keys];

    /// <summary>The keys whose subjects are counted, the newest last.</summary>
    public IEnumerable<PseudonymKey> Newest => _keys.TakeLast(MonitoredExperiment.MaxOpenRuns);

    /// <summary>Finds a key whose subjects are counted.</summary>
    /// <returns>The key; null if it is unknown, or there are two newer ones.</returns>
    public PseudonymKey? Find(string? id)
    {
        for (var index = Math.Max(0, _keys.Count - MonitoredExperiment.MaxOpenRuns); index < _keys.Count; index++)
        {
            if (_keys[index].Name == (id ?? string.Empty))
            {
                return _keys[index];
            }
        }

        return null;
    }

    /// <summary>Adds a key that has not been seen.</summary>
    /// <returns>False if it has been, or there are too many.</returns>
    public bool TryAdd(string? id, DateTimeOffset since)
    {
        if (_keys.Count == MaxKeys || _keys.Exists(key => key.Name == (id ?? string.Empty)))
        {
            return false;
        }

        // Whatever clocks say, it is newer than the one before.
        var latest = _keys.Count == 0 ? DateTimeOffset.MinValue : _keys[^1].Since;
        var earliest = latest < DateTimeOffset.MaxValue ? latest.AddTicks(1) : latest;
        _keys.Add(new PseudonymKey(id, since > earliest ? since.ToUniversalTime() : earliest));
        return true;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="JsonException">It is damaged.</exception>
    public static PseudonymKeys Read(byte[] bytes) => new(JsonSerializer.Deserialize(bytes, PseudonymKeysJson.Default.ListPseudonymKey) ?? []);

    /// <summary>Writes all keys for the state store.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(_keys, PseudonymKeysJson.Default.ListPseudonymKey);
}

/// <summary>A pseudonym key.</summary>
/// <param name="Id">Its id; null for subjects that have no pseudonyms.</param>
/// <param name="Since">When the first exposure under it happened.</param>
internal sealed record PseudonymKey(string? Id, DateTimeOffset Since)
{
    /// <summary>The id, which is empty if there is none.</summary>
    [JsonIgnore]
    public string Name => Id ?? string.Empty;
}

/// <summary>Writes and reads keys without reflection.</summary>
[JsonSerializable(typeof(List<PseudonymKey>))]
internal sealed partial class PseudonymKeysJson : JsonSerializerContext;

/// <summary>Writes and reads the names of segments without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SegmentNamesJson : JsonSerializerContext;
