using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ExperimentFramework.DataPlane.AspNetCore;
using ExperimentFramework.DataPlane.Dashboard;
using ExperimentFramework.DataPlane.EventHubs;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.OpenTelemetry;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.PostgreSql;
using ExperimentFramework.DataPlane.Redis;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Sqlite;
using ExperimentFramework.DataPlane.Streams;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Every option with its default and its documentation, as one page.</summary>
internal static partial class OptionsPage
{
    private const string Introduction = """
        # Options

        Generated from the option types, their ranges and their documentation. How options are set, reloaded and validated: [configuration](configuration.md).

        """;

    private static readonly (Type Type, string Set)[] Sections =
    [
        (typeof(DataPlaneOptions), "`AddDataBackplane(options => ...)`, or the configuration section `DataPlane`."),
        (typeof(RetryOptions), "`options.Retry`, or `DataPlane:Retry`."),
        (typeof(PiiRedactionOptions), "`options.PiiRedaction`, or `DataPlane:PiiRedaction`. See [privacy](../concepts/privacy.md)."),
        (typeof(ExperimentOptions), "`options.Experiments[name]`, or `DataPlane:Experiments:<name>`. Without a value the trial, the attribute or the global option decides."),
        (typeof(FileDataBackplaneOptions), "`AddFileDataBackplane(folder, options => ...)`, or `DataPlane:Files` for every folder. See [files](../how-to/destinations/write-files.md)."),
        (typeof(LoggingDataBackplaneOptions), "`AddLoggingDataBackplane(options => ...)`, or `DataPlane:Logging`. See [logs](../how-to/destinations/logging.md)."),
        (typeof(EventReadingOptions), "`EventFiles.ReadAsync(path, options)`. See [files](../how-to/destinations/write-files.md#query-them)."),
        (typeof(EventHubsAmqpDataBackplaneOptions), "`AddEventHubsAmqpDataBackplane(namespace, hub, credential, options => ...)`, or `DataPlane:EventHubsAmqp` for every hub. See [Azure Event Hubs](../how-to/destinations/event-hubs.md)."),
        (typeof(ExperimentMonitorOptions), "`new ExperimentMonitor(options)`, for events that are read from somewhere. See [watch experiments](../how-to/watch-experiments.md#over-files)."),
        (typeof(HostedExperimentMonitorOptions), "`AddExperimentMonitor(options => ...)`, or `DataPlane:Monitor`. See [watch experiments](../how-to/watch-experiments.md)."),
        (typeof(ExperimentMonitorStreamsOptions), "`AddExperimentMonitorStreams(options => ...)`, or `DataPlane:Streams`. See [monitor experiments of many hosts](../how-to/monitor-many-hosts.md)."),
        (typeof(ExperimentDashboardOptions), "`app.MapExperiments(path, options => ...)`, or `DataPlane:Dashboard`. See [see experiments](../how-to/see-experiments.md)."),
        (typeof(HttpSubjectOptions), "`AddHttpSubjectIdentity(options => ...)`. See [web visitors](../how-to/identify-web-visitors.md)."),
        (typeof(HttpVariantOverrideOptions), "`AddHttpVariantOverrides(options => ...)`. See [variants for testers](../how-to/show-a-tester-a-variant.md)."),
        (typeof(KafkaDataBackplaneOptions), "`AddKafkaDataBackplane(bootstrapServers, topic, options => ...)`, or `DataPlane:Kafka` for every destination. See [Kafka](../how-to/destinations/kafka.md)."),
        (typeof(KafkaReadingOptions), "`KafkaEvents.ReadAsync(bootstrapServers, topic, options)`. See [Kafka](../how-to/destinations/kafka.md#read-events)."),
        (typeof(ParquetDataBackplaneOptions), "`AddParquetDataBackplane(folder, options => ...)`, or `DataPlane:Parquet` for every folder. See [Parquet](../how-to/destinations/write-parquet.md)."),
        (typeof(PostgreSqlDataBackplaneOptions), "`AddPostgreSqlDataBackplane(connectionString, options => ...)`, or `DataPlane:PostgreSql` for every destination. See [PostgreSQL](../how-to/destinations/write-postgresql.md)."),
        (typeof(OtlpDataBackplaneOptions), "`AddOtlpDataBackplane(endpoint, options => ...)`, or `DataPlane:Otlp` for every destination. See [OTLP](../how-to/destinations/otlp.md)."),
        (typeof(OpenTelemetryDataBackplaneOptions), "`AddOpenTelemetryDataBackplane(options => ...)`, or `DataPlane:OpenTelemetry`. See [ILogger](../how-to/destinations/opentelemetry.md)."),
        (typeof(PostgreSqlAssignmentStoreOptions), "`AddPostgreSqlAssignmentStore(connectionString, options => ...)`, or `DataPlane:PostgreSqlAssignmentStore`. See [PostgreSQL](../how-to/stores/postgresql.md)."),
        (typeof(PostgreSqlOutboxOptions), "`AddPostgreSqlOutbox(connectionString, options => ...)`, or `DataPlane:PostgreSqlOutbox`. See [the outbox in PostgreSQL](../how-to/destinations/outbox-postgresql.md)."),
        (typeof(RedisAssignmentStoreOptions), "`AddRedisAssignmentStore(configuration, options => ...)`. See [Redis](../how-to/stores/redis.md)."),
        (typeof(SqliteAssignmentStoreOptions), "`AddSqliteAssignmentStore(path, options => ...)`. See [SQLite](../how-to/stores/sqlite.md)."),
        (typeof(SqliteDataBackplaneOptions), "`AddSqliteDataBackplane(path, options => ...)`, or `DataPlane:Sqlite` for every file. See [SQLite](../how-to/destinations/write-sqlite.md)."),
        (typeof(SqliteOutboxOptions), "`AddSqliteOutbox(path, options => ...)`. See [the durable outbox](../how-to/destinations/outbox.md)."),
    ];

    public static IEnumerable<Type> Types => Sections.Select(section => section.Type);

    public static string Text => Introduction + string.Concat(Sections.Select(section => $"""

        ## {section.Type.Name}

        {section.Set}

        | option | default | range | meaning |
        | --- | --- | --- | --- |
        {string.Join('\n', section.Type.GetProperties().Select(Row))}

        """));

    private static string Row(PropertyInfo option) => $"| `{option.Name}` | {Default(option)} | {Range(option)} | {Meaning(option)} |";

    /// <summary>Returns the range that start-up and the analyzers check; null if the option has none.</summary>
    public static string? Range(PropertyInfo option) => option.Name switch
    {
        nameof(DataPlaneOptions.BatchSize) => "from 1 to `MaxQueueSize`",
        nameof(RetryOptions.BaseDelay) => "more than 0 and at most `MaxDelay`",
        var name => RangesOf(option.DeclaringType!).GetField(name)?.GetValue(null)!.ToString(),
    };

    /// <summary>The class with the ranges of the options: one for those of the run time, and one for each type of options in a package.</summary>
    private static Type RangesOf(Type options) =>
        options.Assembly == typeof(DataPlaneOptions).Assembly || options.Assembly == typeof(FileDataBackplaneOptions).Assembly
            ? typeof(OptionRanges)
            : options.Assembly.GetType(options.FullName![..^1] + "Ranges") ?? typeof(void);

    private static string Default(PropertyInfo option) => option.GetValue(Activator.CreateInstance(option.DeclaringType!)) switch
    {
        null => "none",
        bool value => value ? "true" : "false",
        string { Length: 0 } => "none",
        string value => $"`{value}`",
        TimeSpan value => Duration(value),
        Enum value => $"`{value}`",
        IFormattable value => value.ToString(option.PropertyType == typeof(double) ? "0.##" : "N0", CultureInfo.InvariantCulture),
        Delegate value => $"`{value.Method.DeclaringType!.Name}.{value.Method.Name}`",
        System.Collections.IEnumerable => "empty",
        _ => "see below",
    };

    private static string Duration(TimeSpan value) => value switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalDays} days"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalHours} h"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMinutes} min"),
        { TotalSeconds: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds} ms"),
    };

    /// <summary>The summary of a property, without the default, which has a column of its own.</summary>
    private static string Meaning(PropertyInfo option)
    {
        var assembly = option.DeclaringType!.Assembly.GetName().Name;
        var summary = XDocument.Load(Path.Combine(AppContext.BaseDirectory, assembly + ".xml"))
            .Descendants("member")
            .Single(member => member.Attribute("name")!.Value == $"P:{option.DeclaringType.FullName}.{option.Name}")
            .Element("summary")!;
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "see" } reference => $"`{SimpleName(reference.Attribute("cref")!.Value)}`",
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement other => other.Value,
            _ => "",
        }));
        return DefaultSentence().Replace(Space().Replace(text, " ").Trim(), "").Trim();
    }

    /// <summary>A type's simple name; a member with the type in front of it if it is another type's.</summary>
    private static string SimpleName(string reference)
    {
        var parts = reference[2..].Split('(')[0].Split('.');
        return reference[0] == 'T' || parts[^2].EndsWith("Options", StringComparison.Ordinal) ? parts[^1] : $"{parts[^2]}.{parts[^1]}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@" ?Default: [^.]*(\.\w[^.]*)*\.(?= |$)")]
    private static partial Regex DefaultSentence();
}
