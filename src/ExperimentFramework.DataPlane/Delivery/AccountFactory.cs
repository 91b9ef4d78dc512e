namespace ExperimentFramework.DataPlane;

/// <summary>Creates the accounts of the destinations' streams from the counts of the pipeline and of each destination.</summary>
internal sealed class AccountFactory
{
    private readonly PipelineContext _context;
    private readonly string _producer;
    private readonly DateTimeOffset _startedAt;

    public AccountFactory(PipelineContext context)
    {
        _context = context;
        _producer = context.Envelopes.Producer;
        _startedAt = context.Time.GetUtcNow();
    }

    /// <summary>Creates the account of one destination, as the events that are its parts; none if redaction cannot process it.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="number">The number of the account.</param>
    /// <param name="isLast">Whether everything else of the destination has been delivered, stored or dropped.</param>
    public IReadOnlyList<DataPlaneEnvelope> Create(Destination destination, long number, bool isLast)
    {
        var published = new Dictionary<EventKey, long>();
        var drops = new Dictionary<(EventKey Key, string Reason, string? Producer), long>();
        var calls = new Dictionary<(string Experiment, string Variant), Calls>();

        // In this order: a drop is counted before its event counts as published, so an account never promises an event that was dropped.
        foreach (var (key, count) in destination.Account.Published)
        {
            Add(published, key, count);
        }

        foreach (var (drop, count) in destination.Account.Dropped)
        {
            var producer = ProducerId.TextOf(drop.Producer);
            Add(drops, (drop.Key, drop.Reason, producer == _producer ? null : producer), count);
        }

        foreach (var (row, count) in _context.Drops.Ledger.CountsOf(DropLedger.EveryDestination))
        {
            if (row is { Reason: DropReasons.SampledOut or DropReasons.NoSubject, Key.EventType: DataPlaneEventType.Exposure })
            {
                var planned = CallsOf(calls, row.Key);
                planned.SampledOut += row.Reason == DropReasons.SampledOut ? count : 0;
                planned.NoSubject += row.Reason == DropReasons.NoSubject ? count : 0;
            }
            else if (row.Key.EventType != DataPlaneEventType.Accounting && !(row.IsElsewhere && destination.IsImmediate))
            {
                Add(published, row.Key, count);
                Add(drops, (row.Key, row.Reason, null), count);
            }
        }

        foreach (var (experiment, variant, count) in _context.Repeats.Counts)
        {
            CallsOf(calls, new EventKey(experiment, variant, DataPlaneEventType.Exposure)).Repeats += count;
        }

        foreach (var (key, count) in published.Where(row => row.Key.EventType == DataPlaneEventType.Exposure))
        {
            CallsOf(calls, key).Exposures = count;
        }

        return Envelopes(destination.Name, number, isLast, calls, published, drops);
    }

    private List<DataPlaneEnvelope> Envelopes(
        string destination,
        long number,
        bool isLast,
        Dictionary<(string Experiment, string Variant), Calls> calls,
        Dictionary<EventKey, long> published,
        Dictionary<(EventKey Key, string Reason, string? Producer), long> drops)
    {
        var now = _context.Time.GetUtcNow();
        var account = new AccountingEvent
        {
            ExperimentName = ExperimentNames.All,
            Timestamp = now,
            ProducerId = _producer,
            Destination = destination,
            SequenceNumber = number,
            IntervalStart = _startedAt,
            IntervalEnd = now,
            IsLast = isLast,
            Calls = [.. calls
                .OrderBy(row => row.Key.Experiment, StringComparer.Ordinal).ThenBy(row => row.Key.Variant, StringComparer.Ordinal)
                .Select(row => row.Value.ToEvent(row.Key.Experiment, row.Key.Variant))],
            Published = [.. Ordered(published, row => row).Select(row => new AccountedEvents
            {
                ExperimentName = row.Key.Experiment,
                VariantKey = row.Key.Variant,
                EventType = row.Key.TypeName,
                Count = row.Value,
            })],
            Drops = [.. Ordered(drops, row => row.Key).ThenBy(row => row.Key.Reason, StringComparer.Ordinal).ThenBy(row => row.Key.Producer, StringComparer.Ordinal).Select(row => new AccountedDrops
            {
                ExperimentName = row.Key.Key.Experiment,
                VariantKey = row.Key.Key.Variant,
                EventType = row.Key.Key.TypeName,
                Reason = row.Key.Reason,
                Count = row.Value,
                OriginalProducerId = row.Key.Producer,
            })],
        };
        var parts = new List<DataPlaneEnvelope>();
        foreach (var part in AccountParts.Split(account))
        {
            var record = _context.Prebuilt.RecordOf(part, activity: null, now.UtcTicks);
            record.Number = _context.Sequence.Reserve(1);
            if (!_context.Envelopes.TryCreate(record, out _, out var envelope))
            {
                return [];
            }

            parts.Add(envelope);
        }

        return parts;
    }

    private static IOrderedEnumerable<KeyValuePair<TKey, long>> Ordered<TKey>(Dictionary<TKey, long> rows, Func<TKey, EventKey> keyOf)
        where TKey : notnull => rows
        .OrderBy(row => keyOf(row.Key).Experiment, StringComparer.Ordinal)
        .ThenBy(row => keyOf(row.Key).Variant, StringComparer.Ordinal)
        .ThenBy(row => keyOf(row.Key).EventType);

    private static void Add<TKey>(Dictionary<TKey, long> rows, TKey key, long count)
        where TKey : notnull => rows[key] = rows.GetValueOrDefault(key) + count;

    private static Calls CallsOf(Dictionary<(string Experiment, string Variant), Calls> rows, in EventKey key)
    {
        if (!rows.TryGetValue((key.Experiment, key.Variant), out var calls))
        {
            rows[(key.Experiment, key.Variant)] = calls = new Calls();
        }

        return calls;
    }

    private sealed class Calls
    {
        public long Exposures { get; set; }

        public long Repeats { get; set; }

        public long SampledOut { get; set; }

        public long NoSubject { get; set; }

        /// <summary>Every exposing call is exactly one of the four.</summary>
        public AccountedCalls ToEvent(string experiment, string variant) => new()
        {
            ExperimentName = experiment,
            VariantKey = variant,
            ExposingCalls = Exposures + Repeats + SampledOut + NoSubject,
            RepeatsNotRecorded = Repeats,
            SampledOut = SampledOut,
            NoSubject = NoSubject,
        };
    }
}
