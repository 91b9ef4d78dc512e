using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// One experiment over all partitions: adds what they have counted, which is allowed because no two of them hold the same subject, and tests it as the monitor of a process does. Not thread-safe.
/// </summary>
internal sealed class CoordinatedExperiment
{
    private static readonly ExperimentMonitorOptions Bounds = new() { MaxSubjectSlots = SubjectTable.MinSlots, MaxImmatureSubjects = SubjectTable.MinSlots };

    private readonly MonitoredExperiment _experiment;
    private readonly ExperimentFacts _facts;
    private readonly ExperimentSignals _signals;
    private readonly ReportedLosses _losses;
    private readonly PartitionMerge _merge;
    private readonly Dictionary<int, CountedPartition> _partitions;

    private CoordinatedExperiment(MonitoredExperiment experiment, ExperimentFacts facts, Dictionary<int, CountedPartition> partitions)
    {
        _experiment = experiment;
        _facts = facts;
        _partitions = partitions;
        _signals = new ExperimentSignals(experiment, hostCount: 1);
        _losses = new ReportedLosses(experiment, facts);
        _merge = new PartitionMerge(experiment, facts, partitions);
        Outbox = new SignalOutbox(facts);
    }

    /// <summary>Starts with an experiment that nothing is known of.</summary>
    /// <param name="name">The name of the experiment.</param>
    /// <param name="now">The time of processing.</param>
    public CoordinatedExperiment(string name, DateTimeOffset now = default)
        : this(Create(name), new ExperimentFacts { Since = now }, [])
    {
    }

    /// <summary>Why a part of the state could not be read, and was replaced by an empty one; null if all of it was.</summary>
    public Exception? Fault { get; private init; }

    /// <summary>When a coordinator first heard of it.</summary>
    public DateTimeOffset Since => _facts.Since;

    /// <summary>The signals that are to be sent.</summary>
    public SignalOutbox Outbox { get; }

    /// <summary>Whether a partition has counted anything of it.</summary>
    public bool IsExposed => _partitions.Count > 0;

    /// <summary>The state that it is in.</summary>
    public ExperimentState State => _signals.State;

    /// <summary>The number of subjects counted in the current run.</summary>
    public long Subjects => _experiment.CurrentRun?.Counts.Total() ?? 0;

    /// <summary>ln p over all runs since the last reset.</summary>
    public double LogPValue => _signals.LogPValue;

    /// <summary>The number of the latest run.</summary>
    public int Run => _experiment.LastRun;

    /// <summary>The counts of the current run, by version of the weights and variant.</summary>
    public IEnumerable<(string Version, string Variant, long Subjects)> Counts => CountsOf(static run => run.Counts);

    /// <summary>The counts of the current run by segment.</summary>
    public IEnumerable<(string Segment, string Version, string Variant, long Subjects)> Segments => (_experiment.CurrentRun?.Segments.All ?? [])
        .SelectMany(segment => CountsOf(_ => segment.Counts).Select(count => (segment.Name, count.Version, count.Variant, count.Subjects)));

    /// <summary>How many subjects of the current run moved between variants.</summary>
    public SubjectMoves Moves => _experiment.CurrentRun?.Moves ?? default;

    /// <summary>The exposures.</summary>
    public ExposureTallies Tallies => _experiment.Tallies;

    /// <summary>Takes what a partition has counted.</summary>
    /// <returns>Whether its store was lost, so that a new run has begun.</returns>
    public bool Merge(PartitionReport report, DateTimeOffset now)
    {
        if (!_partitions.TryGetValue(report.Partition, out var partition))
        {
            _partitions.Add(report.Partition, partition = new CountedPartition(report.Partition, report.Store));
        }
        else if (partition.IsOfFormerStore(report))
        {
            return false;
        }
        else if (report.Store != partition.Latest.Store)
        {
            partition.Replace(report.Store, _facts.Resets);
        }

        // The subjects of a lost store come back, and must not be added to what it had counted.
        var isLost = _facts.Stores.TryGetValue(report.Partition, out var counted) && counted != report.Store;
        if (isLost)
        {
            // The other partitions may have lost theirs, too: each counts again from its next report.
            _experiment.EndRuns();
            _facts.Stores.Clear();
            _facts.Retired.Clear();
            _experiment.HasNewEvidence = true;
        }

        var earlier = _merge.ContributionOf(partition);
        _merge.Add(partition.Join(report));
        _facts.Stores[report.Partition] = report.Store;
        if (report.IsComplete && partition.Resets < _facts.Resets)
        {
            partition.SetBaseline(_facts.Resets);
        }

        _merge.Add(_merge.ContributionOf(partition), earlier, report.Builds, now);
        _merge.SetMoves();
        return isLost;
    }

    /// <summary>Takes an event that concerns the experiment.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time of processing.</param>
    /// <returns>False if it is a declaration that changes nothing: partitions send those that they keep again and again.</returns>
    public bool Observe(DataPlaneEnvelope envelope, DateTimeOffset now)
    {
        switch (envelope.Payload)
        {
            case AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } declaration:
                return AllocationDeclaration.Apply(declaration, _experiment);
            case AnalysisSignalEvent signal when CoordinatorMessage.IsReset(signal) && _facts.TryAddEvent(envelope.EventId):
                Reset(now);
                break;
            case AccountingEvent account:
                _losses.Add(account, now);
                break;
            case ErrorEvent { Data: { } loss }:
                _losses.Add(envelope.EventId, loss);
                break;
            default:
                break;
        }

        return true;
    }

    /// <summary>Recomputes the evidence, and adds a signal to the outbox for each finding that changed.</summary>
    public void Evaluate(DateTimeOffset now)
    {
        List<AnalysisSignalEvent> signals = [];
        _signals.Evaluate(now, signals);
        signals.ForEach(Outbox.Add);
    }

    /// <summary>Reads what <see cref="ToBytes()"/> wrote. Of a state of another format, what the stream has said once and the verdicts are kept; its subjects are counted in a new run.</summary>
    /// <param name="name">The name of the experiment.</param>
    /// <param name="state">Its own state; null if there is none.</param>
    /// <param name="partitions">That of its partitions.</param>
    /// <param name="now">The time of processing.</param>
    public static CoordinatedExperiment Read(string name, byte[]? state, IEnumerable<CountedPartition> partitions, DateTimeOffset now)
    {
        var counted = partitions.ToDictionary(static partition => partition.Latest.Partition);
        var restored = state is null ? new CoordinatedExperiment(Create(name), new ExperimentFacts(), counted) : ReadState(name, state, counted);
        restored._merge.Recount(now);
        restored._merge.SetMoves();
        return restored;
    }

    /// <summary>Writes the state of the experiment itself.</summary>
    public byte[] ToBytes() => Compressed.Write(stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        (_facts.Run, _facts.LogPValue) = (_experiment.LastRun, Math.Max(_experiment.LogPValue, double.MinValue));
        (_facts.State, _facts.NotTestable) = (_signals.Reported.SampleRatio, _signals.NotTestableReason);
        _facts.Weights = [.. _experiment.Plans.Select(plan => new DeclaredWeights(plan.Version, plan.Plan.ByKey(_experiment.Variants)))];
        writer.Write(JsonSerializer.Serialize(_facts, ExperimentFactsJson.Default.ExperimentFacts));
        writer.Write(SnapshotWriter.FormatVersion);
        writer.Write(SnapshotWriter.Encode(_experiment, _signals.Reported));
        writer.Write(SnapshotWriter.NoMoreExperiments);
    });

    /// <summary>Writes the state of one of its partitions.</summary>
    public byte[] ToBytes(int partition) => _partitions[partition].ToBytes();

    private static MonitoredExperiment Create(string name) => new(name, Bounds.MaxSubjectSlots, []) { MaxImmatureSubjects = Bounds.MaxImmatureSubjects };

    private static CoordinatedExperiment ReadState(string name, byte[] state, Dictionary<int, CountedPartition> partitions)
    {
        ExperimentFacts? facts = null;
        try
        {
            using var reader = new BinaryReader(Compressed.Read(state), Encoding.UTF8);
            facts = JsonSerializer.Deserialize(reader.ReadString(), ExperimentFactsJson.Default.ExperimentFacts) ?? throw new FormatException("It has no facts.");
            if (reader.ReadInt32() is var version and not SnapshotWriter.FormatVersion)
            {
                throw new FormatException($"Its evidence has format {version}, but this version reads format {SnapshotWriter.FormatVersion}.");
            }

            var (experiment, reported) = new SnapshotReader(reader, Bounds).ReadAll().Single();
            var restored = new CoordinatedExperiment(experiment, facts, partitions);
            restored._signals.Reported = reported;
            return restored;
        }
        catch (Exception exception) when (exception is FormatException or IOException or ArgumentException or InvalidOperationException or InvalidDataException or JsonException)
        {
            return OfFacts(name, facts, partitions, exception);
        }
    }

    private static CoordinatedExperiment OfFacts(string name, ExperimentFacts? facts, Dictionary<int, CountedPartition> partitions, Exception fault)
    {
        var experiment = Create(name);
        facts ??= new ExperimentFacts { Stores = partitions.ToDictionary(static partition => partition.Key, static partition => partition.Value.Latest.Store), Resets = partitions.Values.Select(static partition => partition.Resets).DefaultIfEmpty().Max() };
        facts.Weights.ForEach(declared => experiment.Declare(declared.Version, declared.Weights));
        experiment.StartOver(facts.Run, facts.LogPValue);
        return new CoordinatedExperiment(experiment, facts, partitions)
        {
            Fault = fault,
            _signals = { Reported = new ReportedFindings(facts.State, facts.NotTestable, []) },
        };
    }

    private void Reset(DateTimeOffset now)
    {
        List<AnalysisSignalEvent> signals = [];
        _signals.Reset(now, signals);
        signals.ForEach(Outbox.Add);
        _experiment.Reset();
        _facts.Resets++;
        _facts.Retired.Clear();
        _merge.SetMoves();
    }

    private IEnumerable<(string Version, string Variant, long Subjects)> CountsOf(Func<MonitorRun, VersionedCounts> countsOf)
    {
        if (_experiment.CurrentRun is not { } run)
        {
            yield break;
        }

        var counts = countsOf(run);
        for (var version = 0; version < run.Versions.Count; version++)
        {
            for (var variant = 0; variant < counts[version].Length; variant++)
            {
                if (counts[version][variant] is > 0 and var subjects)
                {
                    yield return (run.Versions[version], _experiment.Variants[variant], subjects);
                }
            }
        }
    }
}
