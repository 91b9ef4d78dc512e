namespace ExperimentFramework.DataPlane;

/// <summary>
/// What one proxy last served to each subject, for exposures that are logged by hand. Bounded: the subject served longest
/// ago goes out first.
/// </summary>
internal sealed class ServedSubjects
{
    private const int Capacity = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Served>> _bySubject = new(StringComparer.Ordinal);
    private readonly LinkedList<Served> _order = new();

    public void Remember(Served served)
    {
        var key = served.Subject.Id ?? "";
        lock (_lock)
        {
            if (_bySubject.Remove(key, out var known))
            {
                _order.Remove(known);
            }
            else if (_order.Count == Capacity)
            {
                _bySubject.Remove(_order.First!.Value.Subject.Id ?? "");
                _order.RemoveFirst();
            }

            _bySubject[key] = _order.AddLast(served);
        }
    }

    /// <summary>What the subject was served last; null for nothing.</summary>
    public Served? Of(string? subjectId)
    {
        lock (_lock)
        {
            return _bySubject.GetValueOrDefault(subjectId ?? "")?.Value;
        }
    }

    /// <summary>What the only subject was served last; null for none or several.</summary>
    public Served? OfTheOnly()
    {
        lock (_lock)
        {
            return _order.Count == 1 ? _order.First!.Value : null;
        }
    }

    internal sealed record Served(
        Subject Subject, Decision Assigned, int Index, IReadOnlyDictionary<string, object?>? Attributes);
}
