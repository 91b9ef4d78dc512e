using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The numbers of the subjects that a partition holds of one run. They follow from the subjects, so they are computed from the store when the partition is taken over.</summary>
/// <param name="keyId">The id of their pseudonym key; null if there is none.</param>
/// <param name="since">When the first exposure under this key happened.</param>
internal sealed class CountedRun(string? keyId, DateTimeOffset since)
{
    private const int MaxVersions = 4_096;

    /// <summary>What is reported and kept of a run has bounds, although a stream can name ever new versions, each in many segments.</summary>
    private const int MaxCounts = 1 << 16;

    private const int MaxVersionBytes = 1 << 18;

    private readonly Dictionary<(string? Segment, string Version, string Variant), long> _counts = [];
    private readonly HashSet<string> _versions = new(StringComparer.Ordinal);
    private readonly List<string> _segments = [];
    private long _crossovers;
    private long _explained;
    private int _versionBytes;

    /// <summary>The exposures, and whether nearly all of them are of one subject.</summary>
    public FrequentSubject Exposures { get; } = new();

    /// <summary>The names of the segments, at most 32, by number.</summary>
    public IReadOnlyList<string> Segments => _segments;

    /// <summary>Whether subjects of a version can be counted: there are not too many others.</summary>
    public bool Accepts(string version) => (_versions.Count < MaxVersions && _counts.Count < MaxCounts && _versionBytes < MaxVersionBytes) || _versions.Contains(version);

    /// <summary>Restores the names of the segments, in the order of their numbers.</summary>
    public void RestoreSegments(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            BitOf(name);
        }
    }

    /// <summary>The numbers of the segments of a subject as bits. New ones are added unless there are 32.</summary>
    public uint BitsOf(SubjectSegments segments)
    {
        var bits = 0U;
        foreach (var (dimension, value) in segments)
        {
            bits |= BitOf(SubjectSegments.NameOf(dimension, value));
        }

        return bits;
    }

    /// <summary>Counts a subject.</summary>
    public void Add(in FirstExposure subject)
    {
        _versionBytes += _versions.Add(subject.Version) ? System.Text.Encoding.UTF8.GetByteCount(subject.Version) : 0;
        Increment(null, subject);
        for (var number = 0; number < _segments.Count; number++)
        {
            if ((subject.Segments & (1U << number)) != 0)
            {
                Increment(_segments[number], subject);
            }
        }

        Moved(default, subject.Moves);
    }

    /// <summary>Counts that a subject has moved.</summary>
    public void Moved(Moves before, Moves now)
    {
        _crossovers += (now & Moves.Crossover) - (before & Moves.Crossover);
        _explained += (now.HasFlag(Moves.Explained) ? 1 : 0) - (before.HasFlag(Moves.Explained) ? 1 : 0);
    }

    /// <summary>Everything that was counted.</summary>
    public RunReport Report() => new()
    {
        KeyId = keyId,
        Since = since,
        Counts = [.. _counts.Select(static count => new SubjectCount(count.Key.Segment, count.Key.Version, count.Key.Variant, count.Value))],
        Crossovers = _crossovers,
        Explained = _explained,
        Exposures = (Exposures.Total, Exposures.Leader, Exposures.Lead),
    };

    private uint BitOf(string segment)
    {
        var number = _segments.IndexOf(segment);
        if (number < 0 && _segments.Count < SegmentCounts.MaxCount)
        {
            number = _segments.Count;
            _segments.Add(segment);
        }

        return number < 0 ? 0 : 1U << number;
    }

    private void Increment(string? segment, in FirstExposure subject) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, (segment, subject.Version, subject.Variant), out _)++;
}
