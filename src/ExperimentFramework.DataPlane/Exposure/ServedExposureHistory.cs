namespace ExperimentFramework.DataPlane;

/// <summary>
/// What one proxy last served to each subject, for exposures that are logged by hand. Bounded: the subject served longest
/// ago goes out first.
/// </summary>
internal sealed class ServedExposureHistory : IServedExposureSink
{
    private const int Capacity = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Subject, LinkedListNode<ServedExposure>> _bySubject = [];
    private readonly LinkedList<ServedExposure> _order = new();

    /// <summary>What the current flow of control was served last: another request's is another flow.</summary>
    private readonly AsyncLocal<FlowSlot?> _inThisFlow = new();

    public void Remember(ServedExposure served) => Open().Remember(served);

    /// <summary>
    /// Takes a place in the current flow of control for a call that may know only later, in a flow of its own, who has answered: what is set
    /// there its caller does not see.
    /// </summary>
    public FlowSlot Open() => _inThisFlow.Value is { IsEntered: true } entered ? entered : _inThisFlow.Value = new FlowSlot(this, _inThisFlow.Value?.Bounded(), outer: null);

    /// <summary>What the subject of this id was served last, of whatever type and tenant; null for nothing.</summary>
    public ServedExposure? FindBySubject(string subjectId) => Last(served => served.Subject.Id == subjectId);

    /// <summary>
    /// What the current subject was served last or, where it is unknown or was served nothing, what was served last in this flow
    /// of control; null for nothing.
    /// </summary>
    public ServedExposure? FindCurrent(Subject current) =>
        (current.Id is null ? null : Last(served => served.Subject.Id == current.Id && served.Subject.Type == current.Type))
        ?? _inThisFlow.Value?.Served;

    private void RememberSubject(ServedExposure served)
    {
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

    private ServedExposure? Last(Func<ServedExposure, bool> isMeant)
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

    /// <summary>What a flow of control was served last, or will have been. Until it is known, what was served before stands in its place.</summary>
    internal sealed class FlowSlot : IServedExposureSink
    {
        /// <summary>How many calls of one flow may be under way with what each of them was served still to come.</summary>
        private const int MaxPending = 100;

        private readonly ServedExposureHistory _owner;
        private readonly FlowSlot? _outer;
        private readonly int _pending;
        private FlowSlot? _before;
        private ServedExposure? _served;

        public FlowSlot(ServedExposureHistory owner, FlowSlot? before, FlowSlot? outer)
        {
            _owner = owner;
            _before = before;
            _outer = outer;
            _pending = before is { _before: not null } ? before._pending + 1 : 0;
        }

        public ServedExposure? Served => Volatile.Read(ref _served) ?? Volatile.Read(ref _before)?.Served;

        /// <summary>Whether it was taken for a call that has yet to be made, in the flow that makes it.</summary>
        public bool IsEntered => _outer is not null && Volatile.Read(ref _served) is null;

        /// <summary>The place, or what is known of it where too many are under way behind it.</summary>
        public FlowSlot Bounded() => _pending < MaxPending ? this : new FlowSlot(_owner, before: null, outer: null) { _served = Served };

        public void Remember(ServedExposure served)
        {
            _owner.RememberSubject(served);
            Fill(served);
        }

        /// <summary>For the asynchronous method that makes the call which the place was taken for.</summary>
        public void Enter() => _owner._inThisFlow.Value = new FlowSlot(_owner, Volatile.Read(ref _before), outer: this);

        private void Fill(ServedExposure served)
        {
            Volatile.Write(ref _served, served);
            Volatile.Write(ref _before, null);
            _outer?.Fill(served);
        }
    }
}
