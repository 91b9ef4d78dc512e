using System.Globalization;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP4001 and DP4014: each option is allowed exactly at the edges of its range and refused one step beyond.</summary>
public sealed class OptionEdgeTests
{
    private const string Day = "TimeSpan.FromDays(365)";
    private const string Hour = "TimeSpan.FromHours(1)";
    private const string Tick = "TimeSpan.FromTicks(1)";

    /// <summary>The options of packages whose assemblies these tests do not reference.</summary>
    private const string OtherOptions = """
        namespace ExperimentFramework.DataPlane.EventHubs
        {
            public class EventHubsAmqpDataBackplaneOptions { public TimeSpan SendTimeout { get; set; } public int MaxConcurrentSends { get; set; } }
        }
        namespace ExperimentFramework.DataPlane.Kafka
        {
            public class KafkaDataBackplaneOptions { public TimeSpan Linger { get; set; } public int MaxMessageBytes { get; set; } public TimeSpan StatisticsInterval { get; set; } }
            public class KafkaReadingOptions { public TimeSpan Timeout { get; set; } }
        }
        namespace ExperimentFramework.DataPlane.OpenTelemetry
        {
            public class OtlpDataBackplaneOptions { public TimeSpan? Timeout { get; set; } }
        }
        namespace ExperimentFramework.DataPlane.Science
        {
            public class ExperimentMonitorOptions { public int MaxExperiments { get; set; } public int MaxSubjectSlots { get; set; } public int HostCount { get; set; } public int MaxImmatureSubjects { get; set; } }
            public class HostedExperimentMonitorOptions { public TimeSpan SnapshotInterval { get; set; } public long MaxLedgerFileSize { get; set; } }
        }
        namespace ExperimentFramework.DataPlane.Streams
        {
            public class ExperimentMonitorStreamsOptions { public TimeSpan ReportInterval { get; set; } public int? ReplicationFactor { get; set; } public int MaxExperiments { get; set; } }
        }
        namespace ExperimentFramework.DataPlane.Dashboard
        {
            public class ExperimentDashboardOptions { public TimeSpan UpdateInterval { get; set; } public int MaxClients { get; set; } }
        }
        namespace ExperimentFramework.DataPlane.AspNetCore
        {
            public class HttpSubjectOptions { public TimeSpan CookieLifetime { get; set; } }
            public class HttpVariantOverrideOptions { public TimeSpan MaxLifetime { get; set; } }
        }
        """;

    private const string Minute = "TimeSpan.FromMinutes(1)";

    /// <summary>Type, option, the lowest and the highest value, and those beyond them.</summary>
    public static TheoryData<string, string, string, string, string, string> Edges => new()
    {
        { "DataPlaneOptions", "SamplingRate", "0.0", "1.0", "-1E-300", "1.0000000000000002" },
        { "DataPlaneOptions", "RepeatCapacity", "1", "100_000_000", "0", "100_000_001" },
        { "DataPlaneOptions", "RepeatWindow", Tick, Day, "TimeSpan.Zero", "new TimeSpan(365 * 864_000_000_000 + 1)" },
        { "DataPlaneOptions", "AssignmentCacheDuration", Tick, Day, "TimeSpan.Zero", "new TimeSpan(365 * 864_000_000_000 + 1)" },
        { "DataPlaneOptions", "AssignmentCacheCapacity", "1", "100_000_000", "0", "100_000_001" },
        { "DataPlaneOptions", "StoreTimeout", "TimeSpan.FromMilliseconds(1)", "TimeSpan.FromSeconds(10)", "TimeSpan.FromTicks(9_999)", "TimeSpan.FromTicks(100_000_001)" },
        { "DataPlaneOptions", "MaxQueueSize", "1", "10_000_000", "0", "10_000_001" },
        { "DataPlaneOptions", "BatchSize", "1", "10_000_000", "0", "10_000_001" },
        { "DataPlaneOptions", "MaxAttributeLength", "16", "1_000_000", "15", "1_000_001" },
        { "DataPlaneOptions", "FlushInterval", Tick, Hour, "TimeSpan.Zero", "TimeSpan.FromTicks(36_000_000_001)" },
        { "DataPlaneOptions", "BlockTimeout", Tick, Hour, "TimeSpan.Zero", "TimeSpan.FromTicks(36_000_000_001)" },
        { "DataPlaneOptions", "AccountingInterval", "TimeSpan.FromSeconds(1)", "TimeSpan.FromDays(1)", "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(864_000_000_001)" },
        { "DataPlaneOptions", "PublishTimeout", Tick, Hour, "TimeSpan.Zero", "TimeSpan.FromTicks(36_000_000_001)" },
        { "DataPlaneOptions", "ShutdownTimeout", "TimeSpan.Zero", Hour, "TimeSpan.FromTicks(-1)", "TimeSpan.FromTicks(36_000_000_001)" },
        { "RetryOptions", "MaxAttempts", "1", "100", "0", "101" },
        { "RetryOptions", "BaseDelay", Tick, Hour, "TimeSpan.Zero", "TimeSpan.FromTicks(36_000_000_001)" },
        { "RetryOptions", "MaxDelay", Tick, Hour, "TimeSpan.Zero", "TimeSpan.FromTicks(36_000_000_001)" },
        { "ExperimentOptions", "SamplingRate", "0.0", "1.0", "-1E-300", "1.0000000000000002" },
        { "ExperimentOptions", "RepeatWindow", Tick, Day, "TimeSpan.Zero", "new TimeSpan(365 * 864_000_000_000 + 1)" },
        { "ExperimentOptions", "RepeatCapacity", "1", "100_000_000", "0", "100_000_001" },
        { "FileDataBackplaneOptions", "RollBytes", "4_096", "1L << 34", "4_095", "(1L << 34) + 1" },
        { "FileDataBackplaneOptions", "RollInterval", "TimeSpan.FromSeconds(1)", "TimeSpan.FromDays(7)", "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(6_048_000_000_001)" },
        { "FileDataBackplaneOptions", "RetentionAge", Minute, "TimeSpan.FromDays(3_650)", "TimeSpan.FromTicks(599_999_999)", "new TimeSpan(3_650 * 864_000_000_000 + 1)" },
        { "FileDataBackplaneOptions", "RetentionBytes", "4_096", "1L << 50", "4_095", "(1L << 50) + 1" },
        { "EventReadingOptions", "MaxLineBytes", "1_024", "1 << 30", "1_023", "(1 << 30) + 1" },
        { "AspNetCore.HttpSubjectOptions", "CookieLifetime", Tick, "TimeSpan.FromDays(400)", "TimeSpan.Zero", "new TimeSpan(400 * 864_000_000_000 + 1)" },
        { "AspNetCore.HttpVariantOverrideOptions", "MaxLifetime", Tick, "TimeSpan.FromDays(90)", "TimeSpan.Zero", "new TimeSpan(90 * 864_000_000_000 + 1)" },
        { "EventHubs.EventHubsAmqpDataBackplaneOptions", "SendTimeout", "TimeSpan.FromSeconds(1)", "TimeSpan.FromMinutes(5)", "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(3_000_000_001)" },
        { "EventHubs.EventHubsAmqpDataBackplaneOptions", "MaxConcurrentSends", "1", "1_000", "0", "1_001" },
        { "Kafka.KafkaDataBackplaneOptions", "Linger", "TimeSpan.Zero", "TimeSpan.FromSeconds(1)", "TimeSpan.FromTicks(-1)", "TimeSpan.FromTicks(10_000_001)" },
        { "Kafka.KafkaDataBackplaneOptions", "MaxMessageBytes", "1_000", "1_000_000_000", "999", "1_000_000_001" },
        { "Kafka.KafkaDataBackplaneOptions", "StatisticsInterval", "TimeSpan.Zero", Hour, "TimeSpan.FromTicks(-1)", "TimeSpan.FromTicks(36_000_000_001)" },
        { "Kafka.KafkaReadingOptions", "Timeout", "TimeSpan.FromSeconds(1)", Hour, "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(36_000_000_001)" },
        { "OpenTelemetry.OtlpDataBackplaneOptions", "Timeout", "TimeSpan.FromMilliseconds(1)", Hour, "TimeSpan.FromTicks(9_999)", "TimeSpan.FromTicks(36_000_000_001)" },
        { "Dashboard.ExperimentDashboardOptions", "UpdateInterval", "TimeSpan.FromSeconds(1)", "TimeSpan.FromMinutes(1)", "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(600_000_001)" },
        { "Dashboard.ExperimentDashboardOptions", "MaxClients", "0", "10_000", "-1", "10_001" },
        { "Science.ExperimentMonitorOptions", "MaxExperiments", "1", "100_000", "0", "100_001" },
        { "Science.ExperimentMonitorOptions", "MaxSubjectSlots", "1_024", "16_777_216", "1_023", "16_777_217" },
        { "Science.ExperimentMonitorOptions", "HostCount", "1", "10_000", "0", "10_001" },
        { "Science.ExperimentMonitorOptions", "MaxImmatureSubjects", "1_024", "16_777_216", "1_023", "16_777_217" },
        { "Science.HostedExperimentMonitorOptions", "MaxLedgerFileSize", "4_096", "1_073_741_824", "4_095", "1_073_741_825" },
        { "Science.HostedExperimentMonitorOptions", "SnapshotInterval", "TimeSpan.FromSeconds(1)", "TimeSpan.FromDays(1)", "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(864_000_000_001)" },
        { "Streams.ExperimentMonitorStreamsOptions", "ReportInterval", "TimeSpan.FromMilliseconds(100)", Hour, "TimeSpan.FromTicks(999_999)", "TimeSpan.FromTicks(36_000_000_001)" },
        { "Streams.ExperimentMonitorStreamsOptions", "ReplicationFactor", "1", "100", "0", "101" },
        { "Streams.ExperimentMonitorStreamsOptions", "MaxExperiments", "1", "100_000", "0", "100_001" },
        { "Parquet.ParquetDataBackplaneOptions", "RollBytes", "65_536", "1 << 30", "65_535", "(1 << 30) + 1" },
        { "Parquet.ParquetDataBackplaneOptions", "RollInterval", "TimeSpan.FromSeconds(1)", "TimeSpan.FromDays(7)", "TimeSpan.FromTicks(9_999_999)", "TimeSpan.FromTicks(6_048_000_000_001)" },
        { "Parquet.ParquetDataBackplaneOptions", "RowGroupRows", "32_768", "131_072", "32_767", "131_073" },
        { "PostgreSql.PostgreSqlDataBackplaneOptions", "Retention", "TimeSpan.FromDays(1)", "TimeSpan.FromDays(36_500)", "TimeSpan.FromTicks(863_999_999_999)", "new TimeSpan(36_500 * 864_000_000_000 + 1)" },
        { "PostgreSql.PostgreSqlDataBackplaneOptions", "PartitionsAhead", "1", "366", "0", "367" },
        { "PostgreSql.PostgreSqlAssignmentStoreOptions", "Retention", Hour, "TimeSpan.FromDays(3_650)", "TimeSpan.FromTicks(35_999_999_999)", "new TimeSpan(3_650 * 864_000_000_000 + 1)" },
        { "PostgreSql.PostgreSqlOutboxOptions", "MaxBytes", "4_096", "1L << 40", "4_095", "(1L << 40) + 1" },
        { "PostgreSql.PostgreSqlOutboxOptions", "MaxAge", Tick, Day, "TimeSpan.Zero", "new TimeSpan(365 * 864_000_000_000 + 1)" },
        { "Redis.RedisAssignmentStoreOptions", "TimeToLive", Minute, "TimeSpan.MaxValue", "TimeSpan.FromTicks(599_999_999)", "TimeSpan.MinValue" },
        { "Sqlite.SqliteAssignmentStoreOptions", "Retention", Hour, "TimeSpan.FromDays(3_650)", "TimeSpan.FromTicks(35_999_999_999)", "new TimeSpan(3_650 * 864_000_000_000 + 1)" },
        { "Sqlite.SqliteDataBackplaneOptions", "Retention", Hour, "TimeSpan.FromDays(36_500)", "TimeSpan.FromTicks(35_999_999_999)", "new TimeSpan(36_500 * 864_000_000_000 + 1)" },
        { "Sqlite.SqliteOutboxOptions", "MaxBytes", "4_096", "1L << 40", "4_095", "(1L << 40) + 1" },
        { "Sqlite.SqliteOutboxOptions", "MaxAge", Tick, Day, "TimeSpan.Zero", "new TimeSpan(365 * 864_000_000_000 + 1)" },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task An_option_ends_exactly_at_its_edges(string type, string option, string lowest, string highest, string below, string above)
    {
        (await Of($"void M(ExperimentFramework.DataPlane.{type} o) {{ o.{option} = {lowest}; o.{option} = {highest}; }}")).Expect();
        (await Of($"void M(ExperimentFramework.DataPlane.{type} o) {{ o.{option} = [|{below}|]; o.{option} = [|{above}|]; }}")).Expect("DP4001", "DP4001");
    }

    /// <summary>An option with a range that is not listed above has no test of its edges.</summary>
    [Fact]
    public void Every_option_with_a_range_is_listed() =>
        Assert.Equal(OptionRule.Options.Order(StringComparer.Ordinal), Edges.Select(row => $"{row.Data.Item1}.{row.Data.Item2}").Order(StringComparer.Ordinal));

    /// <summary>Start-up and the analyzers have one source of each range: what a package declares, the analyzers check.</summary>
    [Fact]
    public void Every_range_of_a_package_is_checked() => Assert.Equal(
        typeof(OptionRule).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("OptionRanges", StringComparison.Ordinal) && type.Name != nameof(OptionRanges))
            .SelectMany(type => type.GetFields().Select(field => $"{type.FullName!["ExperimentFramework.DataPlane.".Length..^"Ranges".Length]}s.{field.Name}"))
            .Order(StringComparer.Ordinal),
        OptionRule.Options.Where(option => option.Count(letter => letter == '.') == 2).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("o.Retry.MaxAttempts = 0", "DataPlaneOptions.Retry.MaxAttempts is 0, but it must be from 1 to 100")]
    [InlineData("o.StoreTimeout = TimeSpan.Zero", "DataPlaneOptions.StoreTimeout is 00:00:00, but it must be from 1 ms to 10 s")]
    [InlineData("o.RepeatWindow = TimeSpan.FromMilliseconds(-1)", "DataPlaneOptions.RepeatWindow is -00:00:00.0010000, but it must be more than 0 and at most 365 days")]
    [InlineData("o.RepeatWindow = TimeSpan.MaxValue", "DataPlaneOptions.RepeatWindow is 10675199.02:48:05.4775807, but it must be more than 0 and at most 365 days")]
    [InlineData("o.RepeatWindow = TimeSpan.MinValue", "DataPlaneOptions.RepeatWindow is -10675199.02:48:05.4775808, but it must be more than 0 and at most 365 days")]
    [InlineData("o.BlockTimeout = TimeSpan.FromMinutes(61)", "DataPlaneOptions.BlockTimeout is 01:01:00, but it must be more than 0 and at most 1 hour")]
    [InlineData("o.BlockTimeout = TimeSpan.Parse(\"02:00:00\")", "DataPlaneOptions.BlockTimeout is 02:00:00, but it must be more than 0 and at most 1 hour")]
    [InlineData("o.BlockTimeout = new TimeSpan(1, 0, 1)", "DataPlaneOptions.BlockTimeout is 01:00:01, but it must be more than 0 and at most 1 hour")]
    [InlineData("o.BlockTimeout = new TimeSpan(seconds: 2, minutes: 0, hours: 1)", "DataPlaneOptions.BlockTimeout is 01:00:02, but it must be more than 0 and at most 1 hour")]
    [InlineData("o.RepeatWindow = new TimeSpan(366, 0, 0, 0)", "DataPlaneOptions.RepeatWindow is 366.00:00:00, but it must be more than 0 and at most 365 days")]
    [InlineData("o.RepeatWindow = new TimeSpan(0, 0, 0, 0, -1)", "DataPlaneOptions.RepeatWindow is -00:00:00.0010000, but it must be more than 0 and at most 365 days")]
    [InlineData("o.MaxQueueSize = 5; o.BatchSize = 6", "DataPlaneOptions.BatchSize is 6, but it must be from 1 to 5 (MaxQueueSize)")]
    [InlineData("_ = new ExperimentOptions { RepeatCapacity = 0 }", "DataPlaneOptions.Experiments.RepeatCapacity is 0, but it must be from 1 to 100000000")]
    public async Task The_message_names_option_value_and_range(string assignment, string message) =>
        Assert.Equal(message, (await Of($"void M(DataPlaneOptions o) {{ {assignment}; }}")).Message);

    [Theory]
    [InlineData("o.RepeatWindow = TimeSpan.Parse([|\"24:00:00\"|])", "24")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse([|\" 36:15:00 \"|], null)", "36")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(input: [|Window|])", "24")]
    [InlineData("o.AssignmentCacheDuration = TimeSpan.Parse([|\"30\"|])", "30")]
    [InlineData("_ = new ExperimentOptions { RepeatWindow = TimeSpan.Parse([|\"24:00:00\"|]) }", "24")]
    public async Task Hours_that_are_read_as_days_are_reported(string assignment, string days)
    {
        var analyzed = await Of($"void M(DataPlaneOptions o) {{ {assignment}; }}");

        analyzed.Expect("DP4014");
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $" is parsed as {days} days: use TimeSpan.FromHours({days}) or TimeSpan.FromDays({days})"), analyzed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_of_other_packages_are_looked_at_too() =>
        (await Of("void M(Microsoft.Extensions.DependencyInjection.IServiceCollection s) => Microsoft.Extensions.DependencyInjection.SqliteOutboxServiceCollectionExtensions.AddSqliteOutbox(s, \"a.db\", o => o.MaxAge = TimeSpan.Parse([|\"48:00:00\"|]));")).Expect("DP4014");

    [Theory]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"23:59:59\")")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"00:30:00\")")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"1.00:00:00\")")]
    [InlineData("o.RepeatWindow = TimeSpan.FromDays(1e300)")]
    [InlineData("o.AccountingInterval = TimeSpan.FromSeconds(0, 2_000)")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"24.00:00:00\")")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"00:30\")")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"2:00:00:00\")")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(\"not a time\")")]
    [InlineData("o.RepeatWindow = TimeSpan.Parse(Environment.NewLine)")]
    [InlineData("o.RepeatWindow = new TimeSpan(24, 0, 0)")]
    [InlineData("o.RepeatWindow = new TimeSpan(days: int.MaxValue, 0, 0, 0)")]
    [InlineData("var own = new Own(); own.Window = TimeSpan.Parse(\"24:00:00\")")]
    public async Task Times_that_are_what_they_say_are_left_alone(string assignment) => (await Of($"void M(DataPlaneOptions o) {{ {assignment}; }}")).Expect();

    private static Task<AnalyzerVerifier> Of(string member) => AnalyzerVerifier.OfAsync(
        "using System; using ExperimentFramework.DataPlane; " + OtherOptions + " public class Own { public TimeSpan Window { get; set; } } public class C { private const string Window = \"24:00:00\"; " + member + " }");
}
