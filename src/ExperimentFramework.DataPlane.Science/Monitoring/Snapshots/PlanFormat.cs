namespace ExperimentFramework.DataPlane.Science;

/// <summary>The plan of an experiment, and how far a run has come with it, in a snapshot.</summary>
internal static class PlanFormat
{
    private const int MaxSettings = 4_096;
    private const int MaxLooks = 1 << 16;

    /// <summary>Writes what is known of the plan. The settings of a plan that came with the stream are written, too: it does not come again.</summary>
    public static void Write(BinaryWriter writer, PlanRecord record)
    {
        writer.Write(record.PublishedHash ?? string.Empty);
        writer.Write(record.ReportedHash ?? string.Empty);
        writer.Write(record.TuningSubjects ?? 0);
        Write(writer, record.FirstSettings ?? []);
        Write(writer, record.IsGiven ? [] : record.Settings);
        writer.Write(record.Plan?.Version ?? 1);
        writer.Write(record.Plan?.Owner ?? string.Empty);
    }

    /// <summary>Reads what was known of the plan.</summary>
    /// <exception cref="FormatException">A value cannot be one of a plan.</exception>
    public static void Read(BinaryReader reader, MonitoredExperiment experiment)
    {
        var record = experiment.Plan;
        record.PublishedHash = ReadText(reader);
        record.ReportedHash = ReadText(reader);
        record.TuningSubjects = reader.ReadInt64() is > 0 and var tuning ? tuning : null;
        var first = ReadSettings(reader);
        var followed = ReadSettings(reader);
        var (version, owner) = (reader.ReadInt32(), ReadText(reader));
        if (first.Count > 0)
        {
            _ = new PlanSettingsReader(first).Read(1, null);
            record.Begin(first);
        }

        if (followed.Count > 0)
        {
            experiment.Use(new PlanSettingsReader(followed).Read(version, owner), isGiven: false);
        }
    }

    /// <summary>Writes how far a run has come.</summary>
    public static void Write(BinaryWriter writer, PlanProgress progress)
    {
        writer.Write(progress.HasSample);
        writer.Write(progress.HasPower);
        writer.Write(progress.WarnedErrorRate);
        writer.Write(progress.Looks.Count);
        foreach (var look in progress.Looks)
        {
            writer.Write(look.Subjects);
            writer.Write(look.Due);
        }

        writer.Write(progress.Checkpoints.Count);
        foreach (var checkpoint in progress.Checkpoints)
        {
            writer.Write(checkpoint.Look);
            writer.Write(checkpoint.InformationTime);
        }
    }

    /// <summary>Reads how far a run had come.</summary>
    /// <exception cref="FormatException">A value cannot be one of a run.</exception>
    public static void Read(BinaryReader reader, PlanProgress progress)
    {
        progress.HasSample = reader.ReadBoolean();
        progress.HasPower = reader.ReadBoolean();
        progress.WarnedErrorRate = reader.ReadDouble();
        List<TakenLook> looks = [];
        for (var left = Count(reader, MaxLooks); left > 0; left--)
        {
            var look = new TakenLook(reader.ReadInt64(), Count(reader, LookSchedule.MaxLooks));
            Require(look.Subjects > (looks.Count == 0 ? 0 : looks[^1].Subjects), "Looks do not rise.");
            looks.Add(look);
        }

        List<Checkpoint> checkpoints = [];
        for (var left = Count(reader, LookSchedule.MaxLooks); left > 0; left--)
        {
            var checkpoint = new Checkpoint(Count(reader, LookSchedule.MaxLooks), reader.ReadDouble());
            Require(checkpoint.InformationTime > (checkpoints.Count == 0 ? 0 : checkpoints[^1].InformationTime), "Planned looks do not rise.");
            checkpoints.Add(checkpoint);
        }

        progress.Restore(looks, checkpoints);
    }

    private static void Write(BinaryWriter writer, SortedDictionary<string, string> settings)
    {
        writer.Write(settings.Count);
        foreach (var (name, value) in settings)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    private static SortedDictionary<string, string> ReadSettings(BinaryReader reader)
    {
        SortedDictionary<string, string> settings = new(StringComparer.Ordinal);
        for (var left = Count(reader, MaxSettings); left > 0; left--)
        {
            settings[reader.ReadString()] = reader.ReadString();
        }

        return settings;
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadString() is { Length: > 0 } text ? text : null;

    private static int Count(BinaryReader reader, int most)
    {
        var count = reader.ReadInt32();
        Require(count >= 0 && count <= most, "A number is out of range.");
        return count;
    }

    private static void Require(bool isRight, string problem)
    {
        if (!isRight)
        {
            throw new FormatException(problem);
        }
    }
}
