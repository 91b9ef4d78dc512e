using System.Text;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>
/// One experiment over all partitions: adds what they have counted, which is allowed because no two of them hold the same subject, and tests it as the monitor of a process does. Not thread-safe.
/// </summary>
internal sealed class CoordinatedExperiment
{
    /// <summary>The format of this state, and of the snapshot of a monitor that is a part of it.</summary>
    private const int FormatVersion = (1 << 16) | SnapshotWriter.FormatVersion;

    private static readonly ExperimentMonitorOptions Bounds = new() { MaxSubjectSlots = SubjectTable.MinSlots, MaxImmatureSubjects = SubjectTable.MinSlots };

    private readonly MonitoredExperiment _experiment;
    private readonly ExperimentSignals _signals;
    private readonly LossReports _losses = new(expectsArrivals: false);
    private readonly PartitionMerge _merge;
    private readonly Dictionary<int, PartitionCounts> _partitions;
    private Guid? _lastReset;

    private CoordinatedExperiment(MonitoredExperiment experiment, CoordinatorState? state = null)
    {
        _experiment = experiment;
        _signals = new ExperimentSignals(experiment, hostCount: 1);
        _merge = new PartitionMerge(experiment);
        _partitions = state?.Partitions.ToDictionary() ?? [];
        _lastReset = state?.LastReset;
    }

    /// <summary>Starts with an experiment that nothing is known of.</summary>
    public CoordinatedExperiment(string name)
        : this(new MonitoredExperiment(name, Bounds.MaxSubjectSlots, []) { MaxImmatureSubjects = Bounds.MaxImmatureSubjects })
    {
    }

    /// <summary>The state that it is in.</summary>
    public ExperimentState State => _signals.State;

    /// <summary>The number of subjects counted in the current run.</summary>
    public long Subjects => _experiment.CurrentRun?.Counts.Total() ?? 0;

    /// <summary>ln p over all runs since the last reset.</summary>
    public double LogPValue => _signals.LogPValue;

    /// <summary>The number of the latest run.</summary>
    public int Run => _experiment.LastRun;

    /// <summary>The counts of the current run, by version of the weights and variant.</summary>
    public IEnumerable<(string Version, string Variant, long Subjects)> Counts
    {
        get
        {
            var run = _experiment.CurrentRun;
            for (var version = 0; version < run?.Versions.Count; version++)
            {
                for (var variant = 0; variant < run.Counts[version].Length; variant++)
                {
                    if (run.Counts[version][variant] is > 0 and var subjects)
                    {
                        yield return (run.Versions[version], _experiment.Variants[variant], subjects);
                    }
                }
            }
        }
    }

    /// <summary>How many subjects of the current run moved between variants.</summary>
    public SubjectMoves Moves => _experiment.CurrentRun?.Moves ?? default;

    /// <summary>The exposures that count no subject, by reason.</summary>
    public IReadOnlyDictionary<string, long> Excluded => _experiment.Tallies.Excluded;

    /// <summary>Takes what a partition has counted.</summary>
    /// <returns>Whether its store was lost, so that a new run has begun.</returns>
    public bool Merge(PartitionReport report)
    {
        if (!_partitions.TryGetValue(report.Partition, out var known))
        {
            _merge.Add(report, null);
            _merge.AddTallies(report, null);
            _partitions.Add(report.Partition, new PartitionCounts { Latest = report });
            return MergeMoves(isNewRun: false);
        }

        if (known.FormerStores.Contains(report.Store))
        {
            // Of an instance that does not know yet that it has lost the partition.
            return false;
        }

        var isSameStore = report.Store == known.Latest.Store;
        if (isSameStore)
        {
            _merge.Add(report, known.Latest);
            _partitions[report.Partition] = known with { Latest = PartitionMerge.Join(known.Latest, report) };
        }
        else
        {
            _partitions[report.Partition] = new PartitionCounts { Latest = report, FormerStores = [.. known.FormerStores, known.Latest.Store] };
            StartOver(report.Time);
        }

        _merge.AddTallies(report, known.Latest);
        return MergeMoves(isNewRun: !isSameStore);
    }

    /// <summary>Takes an event that concerns the experiment.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="now">The time of processing.</param>
    /// <param name="signals">Receives the signals of what changes at once.</param>
    public void Observe(DataPlaneEnvelope envelope, DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        switch (envelope.Payload)
        {
            case AnalysisSignalEvent { SignalType: AnalysisSignalType.AllocationDeclared } declaration:
                AllocationDeclaration.Apply(declaration, _experiment);
                break;
            case AnalysisSignalEvent { SignalType: AnalysisSignalType.PlanDeclared } declaration:
                GivenPlans.TryFollow(declaration, _experiment);
                break;
            case AnalysisSignalEvent signal when CoordinatorMessage.IsReset(signal) && envelope.EventId != _lastReset:
                _lastReset = envelope.EventId;
                Reset(now, signals);
                break;
            case AccountingEvent account:
                _losses.Add(account, [_experiment], now);
                break;
            case ErrorEvent { Data: { } loss }:
                _losses.Add(loss, ProducerId.Of(envelope.EventId), name => name == _experiment.Name ? _experiment : null);
                break;
            default:
                break;
        }
    }

    /// <summary>Computes the evidence anew, and adds a signal for each finding that changed.</summary>
    public void Evaluate(DateTimeOffset now, List<AnalysisSignalEvent> signals) => _signals.Evaluate(now, signals);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It was written by another version, or is damaged.</exception>
    public static CoordinatedExperiment Read(byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
            if (reader.ReadInt32() is var version and not FormatVersion)
            {
                throw new FormatException($"It has format {version:X}, but this version reads format {FormatVersion:X}.");
            }

            var state = JsonSerializer.Deserialize(reader.ReadString(), CoordinatorStateJson.Default.CoordinatorState);
            var (experiment, reported) = new SnapshotReader(reader, Bounds).ReadAll().Single();
            var restored = new CoordinatedExperiment(experiment, state);
            restored._signals.Reported = reported;
            restored.MergeMoves(isNewRun: false);
            return restored;
        }
        catch (Exception exception) when (exception is FormatException or EndOfStreamException or ArgumentException or InvalidOperationException or JsonException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Writes all of it for the state store.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(FormatVersion);
            writer.Write(JsonSerializer.Serialize(new CoordinatorState(_partitions, _lastReset), CoordinatorStateJson.Default.CoordinatorState));
            writer.Write(SnapshotWriter.Encode(_experiment, _signals.Reported));
            writer.Write(SnapshotWriter.NoMoreExperiments);
        }

        return stream.ToArray();
    }

    /// <summary>Begins a run with the subjects that the stores hold: those of the lost one come back, and must not be added to what it had counted.</summary>
    private void StartOver(DateTimeOffset now)
    {
        var keys = _experiment.OpenRuns.Select(static run => run.KeyId).ToArray();
        _experiment.EndRuns();
        foreach (var partition in _partitions.Values)
        {
            _merge.Add(partition.Latest with { Time = now, Runs = [.. partition.Latest.Runs.Where(run => keys.Contains(run.KeyId))] }, partition.Baseline);
        }

        _experiment.HasNewEvidence = true;
    }

    private void Reset(DateTimeOffset now, List<AnalysisSignalEvent> signals)
    {
        _signals.Reset(now, signals);
        _experiment.Reset();
        foreach (var (number, partition) in _partitions.ToArray())
        {
            _partitions[number] = partition with { Baseline = partition.Latest };
        }
    }

    private bool MergeMoves(bool isNewRun)
    {
        foreach (var run in _experiment.OpenRuns)
        {
            run.MovesElsewhere = PartitionMerge.MovesOf(run.KeyId, _partitions.Values);
        }

        return isNewRun;
    }
}
