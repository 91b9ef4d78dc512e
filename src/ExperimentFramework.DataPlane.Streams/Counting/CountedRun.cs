using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The numbers of the subjects that a partition holds of one run. They follow from the subjects, so they are computed from the store when the partition is taken over.</summary>
internal sealed class CountedRun(string? keyId)
{
    private const int MaxVersions = 4_096;

    private readonly Dictionary<(string? Segment, string Version, string Variant), long> _counts = [];
    private readonly HashSet<string> _versions = new(StringComparer.Ordinal);
    private readonly List<string> _segments = [];
    private long _crossovers;
    private long _explained;

    /// <summary>The names of the segments, at most 32, by number.</summary>
    public IReadOnlyList<string> Segments => _segments;

    /// <summary>Whether subjects of a version can be counted: there are not too many others.</summary>
    public bool Accepts(string version) => _versions.Count < MaxVersions || _versions.Contains(version);

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
        _versions.Add(subject.Version);
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

    public RunReport Report() => new()
    {
        KeyId = keyId,
        Counts = [.. _counts.Select(static count => new SubjectCount(count.Key.Segment, count.Key.Version, count.Key.Variant, count.Value))],
        Crossovers = _crossovers,
        Explained = _explained,
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
