namespace ExperimentFramework.DataPlane;

/// <summary>
/// The last exposure one proxy served to each subject, for exposures that the application logs explicitly. Bounded: the subject
/// served longest ago is evicted first.
/// </summary>
internal sealed class ServedExposureHistory : IServedExposureSink
{
    private const int Capacity = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Subject, LinkedListNode<ServedExposure>> _bySubject = [];
    private readonly LinkedList<ServedExposure> _order = new();

    /// <summary>The subjects that were forgotten and have not been served since, whose exposures a flow may still hold.</summary>
    private readonly HashSet<Subject> _forgotten = [];

    /// <summary>The last exposure served in the current async flow; each request has its own flow.</summary>
    private readonly AsyncLocal<FlowSlot?> _currentFlow = new();

    public void Remember(ServedExposure served) => Open().Remember(served);

    /// <summary>
    /// Reserves a slot in the current async flow for a call whose serving variant is known only later, in a child flow whose
    /// <see cref="AsyncLocal{T}"/> writes the caller cannot see.
    /// </summary>
    public FlowSlot Open() => _currentFlow.Value is { IsEntered: true } entered ? entered : _currentFlow.Value = new FlowSlot(this, _currentFlow.Value?.Bounded(), outer: null);

    /// <summary>
    /// Returns the last exposure served to a subject with this id, of any type: in the given tenant, or else in any, because the current tenant need not be that of the call;
    /// null if there is none.
    /// </summary>
    public ServedExposure? FindBySubject(string subjectId, string? tenantId) =>
        (tenantId is null ? null : Last(served => served.Subject.Id == subjectId && served.Subject.TenantId == tenantId)) ?? Last(served => served.Subject.Id == subjectId);

    /// <summary>
    /// Returns the last exposure served to the current subject, in any tenant if its tenant is unknown, or, if the subject is unknown or has none, the last
    /// one served in this async flow; null if there is none.
    /// </summary>
    public ServedExposure? FindCurrent(Subject current) => FindServed(current) ?? (_currentFlow.Value?.Served is { } served && !IsNamesake(served.Subject, current) && !IsForgotten(served.Subject) ? served : null);

    /// <summary>Forgets the subject's last exposure.</summary>
    public void Forget(in Subject subject)
    {
        lock (_lock)
        {
            if (_bySubject.Remove(subject, out var known))
            {
                _order.Remove(known);
            }

            if (_forgotten.Count == Capacity)
            {
                _forgotten.Clear();
            }

            _forgotten.Add(subject);
        }
    }

    private bool IsForgotten(in Subject subject)
    {
        lock (_lock)
        {
            return _forgotten.Contains(subject);
        }
    }

    private ServedExposure? FindServed(Subject current)
    {
        if (current.Id is null)
        {
            return null;
        }

        if (current.TenantId is null)
        {
            return Last(served => served.Subject.Id == current.Id && served.Subject.Type == current.Type);
        }

        lock (_lock)
        {
            return _bySubject.TryGetValue(current, out var known) ? known.Value : null;
        }
    }

    /// <summary>Whether a subject has the same id as the current one and is another: ids may be assigned by tenant.</summary>
    private static bool IsNamesake(in Subject served, in Subject current) =>
        served.Id is not null && served.Id == current.Id && served.TenantId is not null && current.TenantId is not null && served.TenantId != current.TenantId;

    private void RememberSubject(ServedExposure served)
    {
        lock (_lock)
        {
            _forgotten.Remove(served.Subject);
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

    private ServedExposure? Last(Func<ServedExposure, bool> matches)
    {
        lock (_lock)
        {
            for (var node = _order.Last; node is not null; node = node.Previous)
            {
                if (matches(node.Value))
                {
                    return node.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The last exposure served in an async flow. While it is pending, the previous one is returned.</summary>
    internal sealed class FlowSlot : IServedExposureSink
    {
        /// <summary>How many calls of one flow may be pending at once.</summary>
        private const int MaxPending = 100;

        private readonly ServedExposureHistory _owner;
        private readonly FlowSlot? _outer;
        private readonly int _pending;
        private FlowSlot? _previous;
        private ServedExposure? _served;

        public FlowSlot(ServedExposureHistory owner, FlowSlot? previous, FlowSlot? outer)
        {
            _owner = owner;
            _previous = previous;
            _outer = outer;
            _pending = previous is { _previous: not null } ? previous._pending + 1 : 0;
        }

        public ServedExposure? Served => Volatile.Read(ref _served) ?? Volatile.Read(ref _previous)?.Served;

        /// <summary>Whether the slot belongs to a deferred call, is in the flow that makes the call, and is still pending.</summary>
        public bool IsEntered => _outer is not null && Volatile.Read(ref _served) is null;

        /// <summary>Returns this slot or, if too many are pending behind it, a new one that holds only the exposure known so far.</summary>
        public FlowSlot Bounded() => _pending < MaxPending ? this : new FlowSlot(_owner, previous: null, outer: null) { _served = Served };

        public void Remember(ServedExposure served)
        {
            _owner.RememberSubject(served);
            Fill(served);
        }

        /// <summary>Makes this slot current in the async method that makes the deferred call.</summary>
        public void Enter() => _owner._currentFlow.Value = new FlowSlot(_owner, Volatile.Read(ref _previous), outer: this);

        private void Fill(ServedExposure served)
        {
            Volatile.Write(ref _served, served);
            Volatile.Write(ref _previous, null);
            _outer?.Fill(served);
        }
    }
}
