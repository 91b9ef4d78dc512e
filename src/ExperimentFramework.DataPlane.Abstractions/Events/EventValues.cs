using System.Collections;

namespace ExperimentFramework.DataPlane;

/// <summary>The values of an event, compared by content: the pipeline publishes a copy of an event, and the copy must equal the original.</summary>
internal readonly struct EventValues(IReadOnlyDictionary<string, object?>? values) : IEquatable<EventValues>
{
    /// <summary>Limits the comparison, because a dictionary may contain itself.</summary>
    private const int MaxDepth = 16;

    /// <summary>The values; null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? Values { get; } = values;

    public bool Equals(EventValues other) => AreEqual(Values, other.Values, depth: 0);

    public override bool Equals(object? obj) => obj is EventValues other && Equals(other);

    public override int GetHashCode() => Values?.Count ?? 0;

    private static bool AreEqual(object? left, object? right, int depth) => ReferenceEquals(left, right) || (left, right) switch
    {
        (IReadOnlyDictionary<string, object?> first, IReadOnlyDictionary<string, object?> second) => depth < MaxDepth
            && first.Count == second.Count
            && first.All(entry => second.TryGetValue(entry.Key, out var value) && AreEqual(entry.Value, value, depth + 1)),
        (Array first, Array second) => first.GetType() == second.GetType() && first.Length == second.Length && StructuralComparisons.StructuralEqualityComparer.Equals(first, second),
        _ => Equals(left, right),
    };
}
