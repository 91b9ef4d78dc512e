namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads snapshots written by <see cref="SnapshotWriter"/>. The hash has already been verified, but all values are validated as well, so that a snapshot cannot create a state that counting could not.</summary>
internal sealed class SnapshotReader(BinaryReader reader, ExperimentMonitorOptions options)
{
    private const int MaxItems = 1 << 20;

    /// <summary>Reads the experiments after the header.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    /// <exception cref="EndOfStreamException">The snapshot ends too early.</exception>
    public IEnumerable<(MonitoredExperiment Experiment, ReportedFindings Reported)> ReadAll()
    {
        while (true)
        {
            switch (reader.ReadByte())
            {
                case SnapshotWriter.MoreExperiments:
                    yield return ReadExperiment();
                    break;
                case SnapshotWriter.NoMoreExperiments:
                    yield break;
                default:
                    throw new FormatException("The block of an experiment, or the end of the snapshot, is missing.");
            }
        }
    }

    private (MonitoredExperiment Experiment, ReportedFindings Reported) ReadExperiment()
    {
        var experiment = new MonitoredExperiment(reader.ReadString(), options.MaxSubjectSlots, options.SegmentAttributes) { MaxImmatureSubjects = options.MaxImmatureSubjects };
        var lastRun = Range(reader.ReadInt32(), 0, int.MaxValue);
        experiment.StartOver(lastRun, ReadLogarithm());
        for (var left = Count(SubjectTable.MaxVariants); left > 0; left--)
        {
            experiment.VariantOf(reader.ReadString());
        }

        for (var left = Count(MaxItems); left > 0; left--)
        {
            ReadPlan(experiment);
        }

        experiment.Lost.Read(reader);
        ReadTallies(experiment.Tallies);
        for (var left = Count(SubjectTable.MaxVersions); left > 0; left--)
        {
            experiment.Undeclared.Restore(reader.ReadString(), ReadTime(), reader.ReadInt64());
        }

        var state = (ExperimentState)Range(reader.ReadInt32(), 0, (int)ExperimentState.NotTestable);
        var notTestable = reader.ReadString();
        List<string> undeclared = [];
        for (var left = Count(MaxItems); left > 0; left--)
        {
            undeclared.Add(reader.ReadString());
        }

        List<AnalysisSignalEvent> untaken = [];
        for (var left = Count(MaxItems); left > 0; left--)
        {
            untaken.Add(DataPlaneJson.Deserialize(reader.ReadString()).Payload as AnalysisSignalEvent ?? throw new FormatException("A signal cannot be read."));
        }

        PlanFormat.Read(reader, experiment);
        for (var left = Count(MonitoredExperiment.MaxOpenRuns); left > 0; left--)
        {
            var isCurrent = reader.ReadBoolean();
            experiment.Restore(ReadRun(experiment.Variants.Count), isCurrent);
        }

        return (experiment, new ReportedFindings(state, notTestable.Length == 0 ? null : notTestable, undeclared) { Untaken = untaken });
    }

    private void ReadPlan(MonitoredExperiment experiment)
    {
        var version = reader.ReadString();
        Dictionary<string, double> weights = new(StringComparer.Ordinal);
        for (var left = Count(SubjectTable.MaxVariants); left > 0; left--)
        {
            weights[experiment.Variants[Range(reader.ReadInt32(), 0, experiment.Variants.Count - 1)]] = reader.ReadDouble();
        }

        experiment.Declare(version, weights);
    }

    private void ReadTallies(ExposureTallies tallies)
    {
        tallies.Exposures = reader.ReadInt64();
        tallies.WithSubject = reader.ReadInt64();
        tallies.WithVersion = reader.ReadInt64();
        tallies.Repeats = reader.ReadInt64();
        tallies.LastExposure = ReadTime();
        ReadCounts(SubjectTable.MaxVariants).CopyTo(tallies.Fallbacks, 0);
        ReadCounts(SubjectTable.MaxVariants).CopyTo(tallies.ByVariant, 0);
        for (var left = Count(MaxItems); left > 0; left--)
        {
            tallies.Exclude(reader.ReadString(), reader.ReadInt64());
        }

        for (var left = Count(MaxItems); left > 0; left--)
        {
            tallies.AddReason(reader.ReadString(), reader.ReadInt64());
        }

        for (var left = Count(MaxItems); left > 0; left--)
        {
            tallies.AddRate(reader.ReadDouble(), reader.ReadInt64());
        }
    }

    private MonitorRun ReadRun(int variants)
    {
        var number = Range(reader.ReadInt32(), 1, int.MaxValue);
        var hasKey = reader.ReadBoolean();
        var keyId = reader.ReadString();
        var startedAt = ReadTime();
        var day = DateOnly.FromDayNumber(Range(reader.ReadInt32(), 0, DateOnly.MaxValue.DayNumber));
        var clock = StreamClock.Read(reader);
        var sup = ReadLogarithm();
        var newSubjects = Range(reader.ReadInt32(), 0, int.MaxValue);
        var oldest = Range(reader.ReadInt32(), 0, SubjectTable.MaxVersions - 1);
        var (addedVersions, hasCrossovers) = (Range(reader.ReadInt32(), 0, int.MaxValue), reader.ReadBoolean());
        var exposures = (Total: reader.ReadInt64(), Leader: reader.ReadUInt64(), Lead: reader.ReadInt64());
        RecentVersions recent = new();
        recent.Read(reader);
        List<string> versions = [];
        for (var left = Count(SubjectTable.MaxVersions); left > 0; left--)
        {
            versions.Add(reader.ReadString());
        }

        List<Guid> builds = [];
        for (var left = Count(MaxItems); left > 0; left--)
        {
            builds.Add(new Guid(reader.ReadBytes(16)));
        }

        var counts = ReadVersionedCounts(versions.Count, variants);
        var lastStart = Range(reader.ReadInt32(), 0, int.MaxValue);
        List<StartPoint> starts = [];
        for (var left = Count(StartPoints.MaxCount); left > 0; left--)
        {
            starts.Add(new StartPoint(
                Range(reader.ReadInt32(), 1, lastStart), ReadTime(), (StartCause)Range(reader.ReadInt32(), 0, (int)StartCause.Build), ReadVersionedCounts(versions.Count, variants)));
        }

        List<(string, VersionedCounts)> segments = [];
        for (var left = Count(SegmentCounts.MaxCount); left > 0; left--)
        {
            segments.Add((reader.ReadString(), ReadVersionedCounts(versions.Count, variants)));
        }

        PlanProgress progress = new();
        PlanFormat.Read(reader, progress);
        var halvings = reader.ReadInt32();
        var slots = new ulong[Count(options.MaxSubjectSlots > 1 << 24 ? options.MaxSubjectSlots : 1 << 24)];
        for (var index = 0; index < slots.Length; index++)
        {
            slots[index] = reader.ReadUInt64();
        }

        var run = new MonitorRun(number, hasKey ? keyId : null, startedAt, SubjectTable.Restore(options.MaxSubjectSlots, halvings, slots))
        {
            Counts = counts,
            Progress = progress,
            Recent = recent,
            Day = day,
            Clock = clock,
            SupLogEValue = sup,
            NewSubjects = newSubjects,
            AddedVersions = addedVersions,
            HasCrossovers = hasCrossovers,
            Outcomes = RunOutcomes.Read(reader, options.MaxImmatureSubjects),
        };
        run.RestoreVersions(versions, oldest, builds);
        run.Exposures.Restore(exposures.Total, exposures.Leader, exposures.Lead);
        run.Starts.Restore(lastStart, starts);
        foreach (var (name, segment) in segments)
        {
            run.Segments.Add(name, segment);
        }

        return run;
    }

    private VersionedCounts ReadVersionedCounts(int versions, int variants)
    {
        var counts = new VersionedCounts { RetiredLogEValue = reader.ReadDouble() };
        for (var version = 0; version < versions; version++)
        {
            var row = ReadCounts(SubjectTable.MaxVariants);
            if (row.AsSpan(Math.Min(row.Length, variants)).ContainsAnyExcept(0))
            {
                throw new FormatException("A variant without a name has subjects.");
            }

            counts.Set(version, row.Length == 0 ? null : row);
        }

        return counts;
    }

    private long[] ReadCounts(int longest)
    {
        var counts = new long[Range(reader.ReadByte(), 0, longest)];
        for (var index = 0; index < counts.Length; index++)
        {
            counts[index] = reader.ReadInt64();
            if (counts[index] < 0)
            {
                throw new FormatException("A count is negative.");
            }
        }

        return counts;
    }

    private double ReadLogarithm() => reader.ReadDouble() is var value && !double.IsNaN(value) ? value : throw new FormatException("A logarithm is not a number.");

    private DateTimeOffset ReadTime() => new(OutcomeFormat.ReadTicks(reader), TimeSpan.Zero);

    private int Count(int most) => Range(reader.ReadInt32(), 0, most);

    private static int Range(int value, int lowest, int highest) =>
        value >= lowest && value <= highest ? value : throw new FormatException($"A number is out of range: {value}.");
}
