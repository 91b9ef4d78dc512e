namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The counts of the first 32 segments of a run, in order of appearance. A segment is a value that is known before the assignment, such as a tenant: a value measured afterwards would bias the counts.
/// </summary>
internal sealed class SegmentCounts
{
    public const int MaxCount = SegmentSums.Rest;

    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<(string Name, VersionedCounts Counts)> _segments = [];

    /// <summary>The segments, in order of appearance.</summary>
    public IReadOnlyList<(string Name, VersionedCounts Counts)> All => _segments;

    /// <summary>Counts a subject in each of its segments.</summary>
    /// <returns>A bit mask of its segments by index; the bit <see cref="MaxCount"/> is set for any segment beyond the first 32.</returns>
    public ulong Count(ExposureEvent exposure, IReadOnlyList<string> attributes, int version, int variant)
    {
        var segments = 0UL;
        foreach (var (dimension, value) in new SubjectSegments(exposure, attributes))
        {
            var index = IndexOf(dimension, value);
            if (index < 0)
            {
                index = _segments.Count == MaxCount ? MaxCount : Add(SubjectSegments.NameOf(dimension, value), new VersionedCounts());
            }

            // An attribute that is named twice, or like another dimension, must not count a subject twice.
            if (index < MaxCount && (segments & (1UL << index)) == 0)
            {
                _segments[index].Counts.Increment(version, variant);
            }

            segments |= 1UL << index;
        }

        return segments;
    }

    /// <summary>Counts subjects in a segment, unless there are 32 others.</summary>
    /// <returns>The index of the segment; <see cref="MaxCount"/> if there are 32 others.</returns>
    public int Increment(string segment, int version, int variant, long subjects = 1)
    {
        if (!_indices.TryGetValue(segment, out var index))
        {
            if (_segments.Count == MaxCount)
            {
                return MaxCount;
            }

            index = Add(segment, new VersionedCounts());
        }

        _segments[index].Counts.Increment(version, variant, subjects);
        return index;
    }

    /// <summary>Adds counts to a segment, which is created if it is new.</summary>
    public int Add(string segment, VersionedCounts counts)
    {
        if (_indices.TryGetValue(segment, out var index))
        {
            _segments[index].Counts.Add(counts);
            return index;
        }

        _indices.Add(segment, _segments.Count);
        _segments.Add((segment, counts));
        return _segments.Count - 1;
    }

    /// <summary>Finds a segment without building its name, which would allocate a string for each subject.</summary>
    private int IndexOf(string dimension, string value)
    {
        for (var index = 0; index < _segments.Count; index++)
        {
            var name = _segments[index].Name;
            if (name.Length == dimension.Length + 1 + value.Length
                && name[dimension.Length] == '='
                && name.EndsWith(value, StringComparison.Ordinal)
                && name.StartsWith(dimension, StringComparison.Ordinal))
            {
                return index;
            }
        }

        return -1;
    }
}
