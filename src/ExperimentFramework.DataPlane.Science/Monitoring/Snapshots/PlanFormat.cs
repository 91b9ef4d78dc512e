namespace ExperimentFramework.DataPlane.Science;

/// <summary>Reads and writes the plan of an experiment, and the progress of a run through it, in a snapshot.</summary>
internal static class PlanFormat
{
    private const int MaxSettings = 4_096;

    /// <summary>Writes the plan record. The settings of a plan from the stream are included, because the stream does not repeat it.</summary>
    public static void Write(BinaryWriter writer, PlanRecord record)
    {
        writer.Write(record.PublishedHash ?? string.Empty);
        writer.Write(record.ReportedHash ?? string.Empty);
        writer.Write(record.TuningSubjects ?? 0);
        Write(writer, record.FirstSettings ?? []);
        Write(writer, record.IsGiven ? [] : record.Settings);
        writer.Write(record.Plan?.Version ?? 1);
        writer.Write(record.Plan?.Owner ?? string.Empty);
        writer.Write(record.DeclaredAt?.UtcTicks ?? 0);
        writer.Write(record.HasBegunWithoutPlan);
        writer.Write(record.IsRemovalReported);
        writer.Write(record.UnreadableSince?.UtcTicks ?? 0);
    }

    /// <summary>Reads the plan record.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static void Read(BinaryReader reader, MonitoredExperiment experiment)
    {
        var record = experiment.Plan;
        record.PublishedHash = ReadText(reader);
        record.ReportedHash = ReadText(reader);
        record.TuningSubjects = reader.ReadInt64() is > 0 and var tuning ? tuning : null;
        var first = ReadSettings(reader);
        var followed = ReadSettings(reader);
        var (version, owner) = (reader.ReadInt32(), ReadText(reader));
        var declaredAt = OutcomeFormat.ReadTicks(reader);
        var (hasBegunWithoutPlan, isRemovalReported) = (reader.ReadBoolean(), reader.ReadBoolean());
        var unreadableSince = OutcomeFormat.ReadTicks(reader);
        if (first.Count > 0)
        {
            _ = new PlanSettingsReader(first).Read(1, null);
            record.Begin(first);
        }

        if (followed.Count > 0)
        {
            experiment.Use(new PlanSettingsReader(followed).Read(version, owner), isGiven: false);
            record.DeclaredAt = declaredAt == 0 ? null : new DateTimeOffset(declaredAt, TimeSpan.Zero);
        }

        record.HasBegunWithoutPlan = hasBegunWithoutPlan;
        record.IsRemovalReported = isRemovalReported;
        record.UnreadableSince = unreadableSince == 0 ? null : new DateTimeOffset(unreadableSince, TimeSpan.Zero);
    }

    /// <summary>Writes the progress of a run.</summary>
    public static void Write(BinaryWriter writer, PlanProgress progress)
    {
        writer.Write(progress.HasSample);
        writer.Write(progress.HasPower);
        writer.Write(progress.ComparisonId);
        writer.Write(progress.ValuesBefore);
    }

    /// <summary>Reads the progress of a run.</summary>
    /// <exception cref="FormatException">The data is invalid.</exception>
    public static void Read(BinaryReader reader, PlanProgress progress)
    {
        progress.HasSample = reader.ReadBoolean();
        progress.HasPower = reader.ReadBoolean();
        progress.Restore(reader.ReadString(), OutcomeFormat.ReadCount(reader));
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
