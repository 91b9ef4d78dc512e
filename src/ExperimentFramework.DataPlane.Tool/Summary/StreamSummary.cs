using System.Globalization;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a stream holds, in bounded memory: experiments, producers, categories, schema versions, and how many events arrived more than once.</summary>
internal sealed class StreamSummary
{
    private const int MaxExperiments = 1_000;
    private const int MaxProducers = 10_000;
    private const int MaxSchemas = 100;

    /// <summary>The largest set of event ids: 144 MiB, and 12.5 million of them.</summary>
    private const int MaxIdSlots = 1 << 24;

    /// <summary>The memory for the subjects of all experiments: 144 MiB.</summary>
    private const int SubjectSlots = 1 << 24;

    private static readonly string[] Categories = [.. Enum.GetNames<DataPlaneEventType>()];

    private readonly SampledSet _ids;
    private readonly BoundedNames<ExperimentSummary> _experiments;
    private readonly Dictionary<ulong, ProducerSummary> _producers = [];
    private readonly BoundedNames<CategorySummary> _schemas = new(MaxSchemas, static name => new CategorySummary(name));
    private (string? Category, string? Version, CategorySummary? Summary) _latestSchema;
    private (ulong Id, ProducerSummary? Summary) _latestProducer;

    /// <summary>Creates a summary of nothing.</summary>
    /// <param name="maxIdSlots">The largest set of event ids, a power of 2.</param>
    /// <param name="subjectSlots">The memory for the subjects of all experiments.</param>
    public StreamSummary(int maxIdSlots = MaxIdSlots, int subjectSlots = SubjectSlots)
    {
        _ids = new SampledSet(maxIdSlots, new SlotBudget(maxIdSlots));
        var budget = new SlotBudget(subjectSlots);
        _experiments = new BoundedNames<ExperimentSummary>(MaxExperiments, name => new ExperimentSummary(name, budget));
    }

    /// <summary>The events, each as often as it arrived.</summary>
    public long Events { get; private set; }

    /// <summary>How many of them had arrived before, by their id.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Whether there were too many ids to keep each: the number of duplicates is an estimate.</summary>
    public bool DuplicatesAreEstimated => !_ids.IsExact;

    /// <summary>The times of all events.</summary>
    public TimeRange Times;

    /// <summary>The experiments, by name.</summary>
    public IEnumerable<ExperimentSummary> Experiments => _experiments.All;

    /// <summary>The events by category and version of the schema.</summary>
    public IEnumerable<CategorySummary> Schemas => _schemas.All;

    /// <summary>The producers, the earliest first.</summary>
    public IReadOnlyList<ProducerSummary> Producers => [.. _producers.Values.OrderBy(static producer => producer.Times.First).ThenBy(static producer => producer.Id, StringComparer.Ordinal)];

    /// <summary>The drops that the latest accounts name.</summary>
    public IReadOnlyList<DropSummary> Drops =>
    [
        .. _producers.Values
            .SelectMany(static producer => producer.Accounts)
            .SelectMany(static account => account.Parts)
            .SelectMany(static part => part.Drops)
            .GroupBy(static drop => (drop.ExperimentName, drop.EventType, drop.Reason))
            .Select(static drops => new DropSummary(drops.Key.ExperimentName, drops.Key.EventType, drops.Key.Reason, Saturating.Sum(drops.Select(static drop => drop.Count))))
            .OrderBy(static drop => drop.Experiment, StringComparer.Ordinal).ThenBy(static drop => drop.Category, StringComparer.Ordinal).ThenBy(static drop => drop.Reason, StringComparer.Ordinal),
    ];

    /// <summary>Takes an event.</summary>
    /// <returns>False if it has arrived before.</returns>
    public bool Add(DataPlaneEnvelope envelope)
    {
        Events++;
        Times.Add(envelope.Timestamp);
        var category = CategoryOf(envelope);
        SchemaOf(category, envelope.SchemaVersion).Count++;
        if (_ids.Add(EventHashes.OfEvent(envelope.EventId)) == SetChange.Present)
        {
            // As many as it is one of at this moment: the sample of later ones is another.
            Duplicates += _ids.Weight;
            return false;
        }

        if (envelope.Payload is AccountingEvent account)
        {
            ProducerOf(NumberOf(account.ProducerId)).Add(account, envelope.Timestamp);
            return true;
        }

        ProducerOf(ProducerId.NumberOf(envelope.EventId)).AddEvent(category, envelope.Timestamp);
        switch (envelope.Payload)
        {
            case ExposureEvent exposure:
                _experiments[exposure.ExperimentName].Add(exposure, envelope.Timestamp);
                break;
            case OutcomeEvent outcome:
                _experiments[outcome.ExperimentName].Add(outcome, envelope.Timestamp);
                break;
            default:
                break;
        }

        return true;
    }

    private static string CategoryOf(DataPlaneEnvelope envelope) => envelope.Payload is UnknownEvent unknown ? unknown.EventTypeName : Categories[(int)envelope.EventType];

    private static ulong NumberOf(string producerId) => ulong.TryParse(producerId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : ulong.MaxValue;

    private CategorySummary SchemaOf(string category, string version)
    {
        if (_latestSchema is { Summary: { } latest } && ReferenceEquals(category, _latestSchema.Category) && string.Equals(version, _latestSchema.Version, StringComparison.Ordinal))
        {
            return latest;
        }

        var summary = _schemas[$"{category} {version}"];
        _latestSchema = (category, version, summary);
        return summary;
    }

    private ProducerSummary ProducerOf(ulong id)
    {
        if (_latestProducer is { Summary: { } latest } && _latestProducer.Id == id)
        {
            return latest;
        }

        if (!_producers.TryGetValue(id, out var producer))
        {
            if (_producers.Count >= MaxProducers)
            {
                id = ulong.MaxValue;
            }

            if (!_producers.TryGetValue(id, out producer))
            {
                producer = new ProducerSummary(id == ulong.MaxValue ? BoundedNames<ProducerSummary>.Other : ProducerId.TextOf(id));
                _producers.Add(id, producer);
            }
        }

        _latestProducer = (id, producer);
        return producer;
    }
}
