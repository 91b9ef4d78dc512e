namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The counts of the first 32 segments of a run, in order of appearance. A segment is a value that is known before the assignment, such as a tenant: what is measured after it would bias the counts.
/// </summary>
internal sealed class SegmentCounts
{
    public const int MaxCount = SegmentSums.Rest;

    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<(string Name, VersionedCounts Counts)> _segments = [];

    /// <summary>The segments, in order of appearance.</summary>
    public IReadOnlyList<(string Name, VersionedCounts Counts)> All => _segments;

    /// <summary>Counts a subject in each of its segments.</summary>
    /// <returns>Its segments: a bit for each, by index, and that of <see cref="MaxCount"/> for all beyond.</returns>
    public ulong Count(ExposureEvent exposure, IReadOnlyList<string> attributes, int version, int variant)
    {
        var segments = 0UL;
        foreach (var segment in NamesOf(exposure, attributes))
        {
            segments |= 1UL << Increment(segment, version, variant);
        }

        return segments;
    }

    /// <summary>The segments that the subject of an exposure belongs to.</summary>
    public static IEnumerable<string> NamesOf(ExposureEvent exposure, IReadOnlyList<string> attributes)
    {
        if (exposure.SubjectType is { } type)
        {
            yield return "subjectType=" + BoundedName.Of(type);
        }

        if (exposure.TenantId is { } tenant)
        {
            yield return "tenant=" + BoundedName.Of(tenant);
        }

        foreach (var name in attributes)
        {
            if (exposure.Attributes is { } values && values.TryGetValue(name, out var value) && value is not null)
            {
                yield return $"{name}={BoundedName.Of(TextOf(value))}";
            }
        }
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

    /// <summary>Adds a segment with its counts, to those that it has already.</summary>
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

    private static string TextOf(object value) =>
        value is IFormattable formattable ? formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value.ToString() ?? string.Empty;
}
