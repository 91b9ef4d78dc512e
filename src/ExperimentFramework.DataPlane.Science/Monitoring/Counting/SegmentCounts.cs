namespace ExperimentFramework.DataPlane.Science;

/// <summary>
/// The counts of the first 32 segments of a run, in order of appearance. A segment is a value that is known before the assignment, such as a tenant: what is measured after it would bias the counts.
/// </summary>
internal sealed class SegmentCounts
{
    public const int MaxCount = 32;

    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<(string Name, VersionedCounts Counts)> _segments = [];

    /// <summary>The segments, in order of appearance.</summary>
    public IReadOnlyList<(string Name, VersionedCounts Counts)> All => _segments;

    /// <summary>Counts a subject in each of its segments.</summary>
    public void Count(ExposureEvent exposure, IReadOnlyList<string> attributes, int version, int variant)
    {
        if (exposure.SubjectType is { } type)
        {
            Increment("subjectType=" + BoundedName.Of(type), version, variant);
        }

        if (exposure.TenantId is { } tenant)
        {
            Increment("tenant=" + BoundedName.Of(tenant), version, variant);
        }

        foreach (var name in attributes)
        {
            if (exposure.Attributes is { } values && values.TryGetValue(name, out var value) && value is not null)
            {
                Increment($"{name}={BoundedName.Of(TextOf(value))}", version, variant);
            }
        }
    }

    /// <summary>Counts a subject in a segment, unless there are 32 others.</summary>
    public void Increment(string segment, int version, int variant)
    {
        if (!_indices.TryGetValue(segment, out var index))
        {
            if (_segments.Count == MaxCount)
            {
                return;
            }

            index = Add(segment, new VersionedCounts());
        }

        _segments[index].Counts.Increment(version, variant);
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
