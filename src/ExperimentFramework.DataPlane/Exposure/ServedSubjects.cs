namespace ExperimentFramework.DataPlane;

/// <summary>
/// What one proxy last served to each subject, for exposures that are logged by hand. Bounded: the subject served longest
/// ago goes out first.
/// </summary>
internal sealed class ServedSubjects
{
    private const int Capacity = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Subject, LinkedListNode<Served>> _bySubject = [];
    private readonly LinkedList<Served> _order = new();

    /// <summary>What the current flow of control was served last: another request's is another flow.</summary>
    private readonly AsyncLocal<Served?> _inThisFlow = new();

    public void Remember(Served served)
    {
        _inThisFlow.Value = served;
        lock (_lock)
        {
            if (_bySubject.Remove(served.Subject, out var known))
            {
                _order.Remove(known);
            }
            else if (_order.Count == Capacity)
            {
                _bySubject.Remove(_order.First!.Value.Subject);
                _order.RemoveFirst();
            }

            _bySubject[served.Subject] = _order.AddLast(served);
        }
    }

    /// <summary>What the subject of this id was served last, of whatever type and tenant; null for nothing.</summary>
    public Served? Of(string subjectId) => Last(served => served.Subject.Id == subjectId);

    /// <summary>
    /// What the current subject was served last or, where it is unknown or was served nothing, what was served last in this flow
    /// of control; null for nothing.
    /// </summary>
    public Served? OfCurrent(Subject current) =>
        (current.Id is null ? null : Last(served => served.Subject.Id == current.Id && served.Subject.Type == current.Type))
        ?? _inThisFlow.Value;

    private Served? Last(Func<Served, bool> isMeant)
    {
        lock (_lock)
        {
            for (var node = _order.Last; node is not null; node = node.Previous)
            {
                if (isMeant(node.Value))
                {
                    return node.Value;
                }
            }

            return null;
        }
    }

    internal sealed record Served(
        Subject Subject, Decision Assigned, Variant Variant, AttributeSlot[]? Attributes);
}
