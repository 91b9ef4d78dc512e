using System.Text.Json.Serialization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// What a stream says only once of an experiment, and what follows from no count: it must outlive a change of the format that the evidence is kept in. Later versions may add members, and must read those of earlier ones.
/// </summary>
internal sealed class ExperimentFacts
{
    private const int MaxEvents = 64;
    private const int MaxEndedKeys = 256;

    /// <summary>Who numbers the signals: another one if everything was lost.</summary>
    public Guid Id { get; set; } = Guid.NewGuid();

    /// <summary>When a coordinator first heard of the experiment.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>How many signals there have been.</summary>
    public long Signals { get; set; }

    /// <summary>The signals that are not known to have been written: their envelopes, as JSON.</summary>
    public List<string> Unconfirmed { get; set; } = [];

    /// <summary>The number of the latest run.</summary>
    public int Run { get; set; }

    /// <summary>The smallest ln p since the last reset.</summary>
    public double LogPValue { get; set; }

    /// <summary>What was found of the split.</summary>
    public ExperimentState State { get; set; }

    /// <summary>Why the experiment cannot be tested, as it was reported; null if it can.</summary>
    public string? NotTestable { get; set; }

    /// <summary>The declared weights, by version, the oldest first.</summary>
    public List<DeclaredWeights> Weights { get; set; } = [];

    /// <summary>How often the experiment was reset.</summary>
    public int Resets { get; set; }

    /// <summary>The ids of the latest resets that were applied and must not be again.</summary>
    public List<Guid> Events { get; set; } = [];

    /// <summary>The store of each partition that is counted in the open runs.</summary>
    public Dictionary<int, Guid> Stores { get; set; } = [];

    /// <summary>The pseudonym keys whose runs have ended because two newer ones are in use.</summary>
    public List<string> EndedKeys { get; set; } = [];

    /// <summary>The versions of the weights whose counts were replaced by their evidence, by the number of the run.</summary>
    public Dictionary<int, List<string>> Retired { get; set; } = [];

    /// <summary>The losses of accounts that come in several parts.</summary>
    public List<AccountRows> Accounts { get; set; } = [];

    /// <summary>Notes an event.</summary>
    /// <returns>False if it was noted before.</returns>
    public bool TryAddEvent(Guid id)
    {
        if (Events.Contains(id))
        {
            return false;
        }

        if (Events.Count == MaxEvents)
        {
            Events.RemoveAt(0);
        }

        Events.Add(id);
        return true;
    }

    /// <summary>Notes that the run of a key has ended.</summary>
    public void EndKey(string? keyId)
    {
        if (EndedKeys.Count == MaxEndedKeys)
        {
            EndedKeys.RemoveAt(0);
        }

        EndedKeys.Add(keyId ?? string.Empty);
    }

    /// <summary>Whether the counts of a version were replaced by their evidence.</summary>
    public bool IsRetired(int run, string version) => Retired.TryGetValue(run, out var versions) && versions.Contains(version);

    /// <summary>Notes that the counts of a version are replaced by their evidence.</summary>
    public void Retire(int run, string version)
    {
        if (!Retired.TryGetValue(run, out var versions))
        {
            Retired.Add(run, versions = []);
        }

        versions.Add(version);
    }
}

/// <summary>The weights of a version.</summary>
internal sealed record DeclaredWeights(string Version, IReadOnlyDictionary<string, double> Weights);

/// <summary>The losses that the parts of a producer's account have named until now.</summary>
internal sealed record AccountRows(string Producer, long Sequence, IReadOnlyList<LostRow> Rows);

/// <summary>A row of an account.</summary>
internal sealed record LostRow(string Variant, string Reason, string? Original, long Count);

/// <summary>Writes and reads facts without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ExperimentFacts))]
internal sealed partial class ExperimentFactsJson : JsonSerializerContext;
