using Microsoft.Extensions.Configuration;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Rejects unknown keys, because a misspelt redaction rule would let personal data through. Sections with other names are left to
/// <see cref="UnknownSections"/>.
/// </summary>
internal static class ConfigurationKeyValidator
{
    /// <summary>The name of the data plane's configuration section.</summary>
    public const string SectionName = "DataPlane";

    /// <summary>The names of the options.</summary>
    public static IReadOnlyList<string> OfOptions { get; } =
    [
        nameof(DataPlaneOptions.EnableExposureEvents),
        nameof(DataPlaneOptions.EnableAssignmentEvents),
        nameof(DataPlaneOptions.EnableOutcomeEvents),
        nameof(DataPlaneOptions.EnableAnalysisSignals),
        nameof(DataPlaneOptions.EnableErrorEvents),
        nameof(DataPlaneOptions.EnableMetricEvents),
        nameof(DataPlaneOptions.EnableAccountingEvents),
        nameof(DataPlaneOptions.AccountingInterval),
        nameof(DataPlaneOptions.ExposureSemantics),
        nameof(DataPlaneOptions.SamplingRate),
        nameof(DataPlaneOptions.RepeatWindow),
        nameof(DataPlaneOptions.RepeatCapacity),
        nameof(DataPlaneOptions.MaxQueueSize),
        nameof(DataPlaneOptions.BatchSize),
        nameof(DataPlaneOptions.FlushInterval),
        nameof(DataPlaneOptions.MaxAttributeLength),
        nameof(DataPlaneOptions.FailureMode),
        nameof(DataPlaneOptions.RequiredDestinations),
        nameof(DataPlaneOptions.BlockTimeout),
        nameof(DataPlaneOptions.PublishTimeout),
        nameof(DataPlaneOptions.ShutdownTimeout),
        nameof(DataPlaneOptions.Retry),
        nameof(DataPlaneOptions.StoreTimeout),
        nameof(DataPlaneOptions.AssignmentCacheDuration),
        nameof(DataPlaneOptions.AssignmentCacheCapacity),
        nameof(DataPlaneOptions.PiiRedaction),
        nameof(DataPlaneOptions.Experiments),
    ];

    /// <summary>The names of the retry options.</summary>
    public static IReadOnlyList<string> OfRetry { get; } = [nameof(RetryOptions.MaxAttempts), nameof(RetryOptions.BaseDelay), nameof(RetryOptions.MaxDelay)];

    /// <summary>The names of the redaction options.</summary>
    public static IReadOnlyList<string> OfRedaction { get; } =
    [
        nameof(PiiRedactionOptions.SubjectId),
        nameof(PiiRedactionOptions.TenantId),
        nameof(PiiRedactionOptions.PersonalAttributes),
        nameof(PiiRedactionOptions.Fields),
        nameof(PiiRedactionOptions.RedactFields),
        nameof(PiiRedactionOptions.Placeholder),
        nameof(PiiRedactionOptions.PseudonymKey),
        nameof(PiiRedactionOptions.PseudonymKeyId),
    ];

    /// <summary>The names of the options of one experiment.</summary>
    public static IReadOnlyList<string> OfExperiment { get; } =
    [
        nameof(ExperimentOptions.SamplingRate),
        nameof(ExperimentOptions.ExposureSemantics),
        nameof(ExperimentOptions.RepeatWindow),
        nameof(ExperimentOptions.RepeatCapacity),
        nameof(ExperimentOptions.Variants),
    ];

    /// <summary>The names of the subsections that the data plane reads.</summary>
    public static IReadOnlyList<string> Sections { get; } = [nameof(DataPlaneOptions.PiiRedaction), nameof(DataPlaneOptions.Retry), nameof(DataPlaneOptions.Experiments)];

    /// <summary>The subsection with the options of file destinations.</summary>
    public const string FilesSection = "Files";

    /// <summary>The subsection with the options of the logging destination.</summary>
    public const string LoggingSection = "Logging";

    /// <summary>The subsection with the options of Event Hubs destinations that use AMQP.</summary>
    public const string EventHubsAmqpSection = "EventHubsAmqp";

    /// <summary>The subsection with the options of Parquet destinations.</summary>
    public const string ParquetSection = "Parquet";

    /// <summary>The subsection with the options of SQLite destinations.</summary>
    public const string SqliteSection = "Sqlite";

    /// <summary>The subsection with the options of PostgreSQL destinations.</summary>
    public const string PostgreSqlSection = "PostgreSql";

    /// <summary>The subsection with the options of PostgreSQL assignment stores.</summary>
    public const string PostgreSqlAssignmentStoreSection = "PostgreSqlAssignmentStore";

    /// <summary>The subsection with the options of the PostgreSQL outbox.</summary>
    public const string PostgreSqlOutboxSection = "PostgreSqlOutbox";

    /// <summary>The subsection with the options of the experiment monitor.</summary>
    public const string MonitorSection = "Monitor";

    /// <summary>The subsection with the analysis plans of experiments.</summary>
    public const string PlansSection = "Plans";

    /// <summary>The subsection with the options of the experiment monitor on Kafka Streams.</summary>
    public const string StreamsSection = "Streams";

    /// <summary>The subsection with the options of the dashboard.</summary>
    public const string DashboardSection = "Dashboard";

    /// <summary>The subsection with the options of OTLP destinations.</summary>
    public const string OtlpSection = "Otlp";

    /// <summary>The subsection with the options of destinations that log through OpenTelemetry.</summary>
    public const string OpenTelemetrySection = "OpenTelemetry";

    /// <summary>The subsection with the options of Kafka destinations.</summary>
    public const string KafkaSection = "Kafka";

    /// <summary>The names of the subsections with the options of destinations, stores and outboxes, each of which checks its own.</summary>
    public static IReadOnlyList<string> OfDestinations { get; } =
        [FilesSection, LoggingSection, EventHubsAmqpSection, ParquetSection, SqliteSection, PostgreSqlSection, PostgreSqlAssignmentStoreSection, PostgreSqlOutboxSection, OtlpSection, OpenTelemetrySection, KafkaSection, MonitorSection, PlansSection, StreamsSection, DashboardSection];

    /// <summary>Returns the section with the options of a kind of destination; null without a configuration.</summary>
    public static IConfigurationSection? OfDestination(IConfiguration? configuration, string name) => configuration?.GetSection(SectionName).GetSection(name);

    /// <summary>Checks a section that has only values, and sections of values whose names the application chooses.</summary>
    /// <exception cref="InvalidOperationException">The section has an unknown key, or a known one of the wrong shape; the message names it and what is expected.</exception>
    public static void RequireValues(IConfigurationSection section, IReadOnlyList<string> known, params IReadOnlyList<string> maps)
    {
        RequireSection(section);
        foreach (var child in section.GetChildren())
        {
            RequireKnown(child, known);
            if (!IsAmong(maps, child.Key))
            {
                RequireValue(child);
                continue;
            }

            RequireSection(child);
            foreach (var value in child.GetChildren())
            {
                RequireValue(value);
            }
        }
    }

    /// <summary>Checks that a section has known keys only.</summary>
    /// <exception cref="InvalidOperationException">The section is a value, or has an unknown key; the message names it and what is expected.</exception>
    public static void RequireKeys(IConfigurationSection section, IReadOnlyList<string> known)
    {
        RequireSection(section);
        foreach (var child in section.GetChildren())
        {
            RequireKnown(child, known);
        }
    }

    /// <summary>Checks the section.</summary>
    /// <exception cref="InvalidOperationException">
    /// The section has an unknown key, or a known one of the wrong shape; the message names it and what is expected.
    /// </exception>
    public static void Check(IConfigurationSection section)
    {
        RequireSection(section);
        foreach (var child in section.GetChildren())
        {
            if (child.Value is not null)
            {
                RequireKnown(child, OfOptions);
            }

            RequireShape(child, OfOptions, isSection: IsAmong(Sections, child.Key), isList: IsKey(child, nameof(DataPlaneOptions.RequiredDestinations)));
        }

        foreach (var child in Children(section, nameof(DataPlaneOptions.PiiRedaction), OfRedaction))
        {
            RequireShape(child, OfRedaction, isSection: IsKey(child, nameof(PiiRedactionOptions.Fields)), isList: IsKey(child, nameof(PiiRedactionOptions.RedactFields)));
        }

        foreach (var field in section.GetSection(nameof(DataPlaneOptions.PiiRedaction)).GetSection(nameof(PiiRedactionOptions.Fields)).GetChildren())
        {
            RequireValue(field);
        }

        foreach (var child in Children(section, nameof(DataPlaneOptions.Retry), OfRetry))
        {
            RequireValue(child);
        }

        foreach (var experiment in section.GetSection(nameof(DataPlaneOptions.Experiments)).GetChildren())
        {
            RequireSection(experiment);
            foreach (var child in experiment.GetChildren())
            {
                RequireKnown(child, OfExperiment);
                RequireShape(child, OfExperiment, isSection: IsKey(child, nameof(ExperimentOptions.Variants)), isList: false);
            }

            foreach (var variant in experiment.GetSection(nameof(ExperimentOptions.Variants)).GetChildren())
            {
                RequireSection(variant);
                foreach (var value in variant.GetChildren())
                {
                    RequireValue(value);
                }
            }
        }
    }

    private static IEnumerable<IConfigurationSection> Children(IConfigurationSection section, string name, IReadOnlyList<string> known)
    {
        foreach (var child in section.GetSection(name).GetChildren())
        {
            RequireKnown(child, known);
            yield return child;
        }
    }

    private static void RequireKnown(IConfigurationSection child, IReadOnlyList<string> known)
    {
        if (!IsAmong(known, child.Key))
        {
            throw new InvalidOperationException($"Configuration key '{child.Path}' is unknown; expected one of {string.Join(", ", known)}.");
        }
    }

    private static void RequireShape(IConfigurationSection child, IReadOnlyList<string> known, bool isSection, bool isList)
    {
        if (isSection)
        {
            RequireSection(child);
        }
        else if (isList)
        {
            RequireList(child);
        }
        else if (IsAmong(known, child.Key))
        {
            RequireValue(child);
        }
    }

    /// <summary>Checks that a key is a section.</summary>
    /// <exception cref="InvalidOperationException">It has a value.</exception>
    public static void RequireSection(IConfigurationSection section)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw new InvalidOperationException($"Configuration key '{section.Path}' has a single value; it must be a section with keys of its own.");
        }
    }

    /// <summary>Checks that a key is a list of values.</summary>
    /// <exception cref="InvalidOperationException">It has a value, or an item is a section.</exception>
    public static void RequireList(IConfigurationSection list)
    {
        if (!string.IsNullOrEmpty(list.Value))
        {
            throw new InvalidOperationException($"Configuration key '{list.Path}' has a single value; it must be a list: '{list.Path}:0' and so on.");
        }

        foreach (var item in list.GetChildren())
        {
            RequireValue(item);
        }
    }

    /// <summary>Checks that a key is not a section.</summary>
    /// <exception cref="InvalidOperationException">It is a section.</exception>
    public static void RequireValue(IConfigurationSection child)
    {
        if (child.GetChildren().Any())
        {
            throw new InvalidOperationException($"Configuration key '{child.Path}' is a section; it must be a single value.");
        }
    }

    internal static bool IsAmong(IReadOnlyList<string> known, string key) => known.Contains(key, StringComparer.OrdinalIgnoreCase);

    private static bool IsKey(IConfigurationSection child, string name) => child.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
