using System.Globalization;
using ExperimentFramework.DataPlane.AspNetCore;
using ExperimentFramework.DataPlane.Dashboard;
using ExperimentFramework.DataPlane.EventHubs;
using ExperimentFramework.DataPlane.Generators.Shapes;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.OpenTelemetry;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.PostgreSql;
using ExperimentFramework.DataPlane.Redis;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Sqlite;
using ExperimentFramework.DataPlane.Streams;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Validates the constants that are assigned to options against the ranges that start-up checks.</summary>
internal static class OptionRule
{
    private static readonly Dictionary<string, Func<IOperation, (string Value, string Range)?>> Validators = new(StringComparer.Ordinal)
    {
        ["DataPlaneOptions.SamplingRate"] = Within(OptionRanges.SamplingRate),
        ["DataPlaneOptions.RepeatWindow"] = Within(OptionRanges.RepeatWindow),
        ["DataPlaneOptions.RepeatCapacity"] = Within(OptionRanges.RepeatCapacity),
        ["DataPlaneOptions.AssignmentCacheDuration"] = Within(OptionRanges.AssignmentCacheDuration),
        ["DataPlaneOptions.AssignmentCacheCapacity"] = Within(OptionRanges.AssignmentCacheCapacity),
        ["DataPlaneOptions.StoreTimeout"] = Within(OptionRanges.StoreTimeout),
        ["DataPlaneOptions.MaxQueueSize"] = Within(OptionRanges.MaxQueueSize),
        ["DataPlaneOptions.BatchSize"] = value => Within(OptionRanges.MaxQueueSize)(value) is { } outside ? (outside.Value, "from 1 to MaxQueueSize") : null,
        ["DataPlaneOptions.MaxAttributeLength"] = Within(OptionRanges.MaxAttributeLength),
        ["DataPlaneOptions.FlushInterval"] = Within(OptionRanges.FlushInterval),
        ["DataPlaneOptions.AccountingInterval"] = Within(OptionRanges.AccountingInterval),
        ["DataPlaneOptions.BlockTimeout"] = Within(OptionRanges.BlockTimeout),
        ["DataPlaneOptions.PublishTimeout"] = Within(OptionRanges.PublishTimeout),
        ["DataPlaneOptions.ShutdownTimeout"] = Within(OptionRanges.ShutdownTimeout),
        ["RetryOptions.MaxAttempts"] = Within(OptionRanges.MaxAttempts),
        ["RetryOptions.BaseDelay"] = Within(OptionRanges.MaxDelay),
        ["RetryOptions.MaxDelay"] = Within(OptionRanges.MaxDelay),
        ["ExperimentOptions.SamplingRate"] = Within(OptionRanges.SamplingRate),
        ["ExperimentOptions.RepeatWindow"] = Within(OptionRanges.RepeatWindow),
        ["ExperimentOptions.RepeatCapacity"] = Within(OptionRanges.RepeatCapacity),
        ["FileDataBackplaneOptions.RollBytes"] = Within(OptionRanges.RollBytes),
        ["FileDataBackplaneOptions.RollInterval"] = Within(OptionRanges.RollInterval),
        ["FileDataBackplaneOptions.RetentionAge"] = Within(OptionRanges.RetentionAge),
        ["FileDataBackplaneOptions.RetentionBytes"] = Within(OptionRanges.RetentionBytes),
        ["EventReadingOptions.MaxLineBytes"] = Within(OptionRanges.MaxLineBytes),
        ["AspNetCore.HttpSubjectOptions.CookieLifetime"] = Within(HttpSubjectOptionRanges.CookieLifetime),
        ["AspNetCore.HttpVariantOverrideOptions.MaxLifetime"] = Within(HttpVariantOverrideOptionRanges.MaxLifetime),
        ["Dashboard.ExperimentDashboardOptions.UpdateInterval"] = Within(ExperimentDashboardOptionRanges.UpdateInterval),
        ["Dashboard.ExperimentDashboardOptions.MaxClients"] = Within(ExperimentDashboardOptionRanges.MaxClients),
        ["EventHubs.EventHubsAmqpDataBackplaneOptions.SendTimeout"] = Within(EventHubsAmqpDataBackplaneOptionRanges.SendTimeout),
        ["EventHubs.EventHubsAmqpDataBackplaneOptions.MaxConcurrentSends"] = Within(EventHubsAmqpDataBackplaneOptionRanges.MaxConcurrentSends),
        ["Kafka.KafkaDataBackplaneOptions.Linger"] = Within(KafkaDataBackplaneOptionRanges.Linger),
        ["Kafka.KafkaDataBackplaneOptions.MaxMessageBytes"] = Within(KafkaDataBackplaneOptionRanges.MaxMessageBytes),
        ["Kafka.KafkaDataBackplaneOptions.StatisticsInterval"] = Within(KafkaDataBackplaneOptionRanges.StatisticsInterval),
        ["Kafka.KafkaReadingOptions.Timeout"] = Within(KafkaReadingOptionRanges.Timeout),
        ["OpenTelemetry.OtlpDataBackplaneOptions.Timeout"] = Within(OtlpDataBackplaneOptionRanges.Timeout),
        ["Parquet.ParquetDataBackplaneOptions.RollBytes"] = Within(ParquetDataBackplaneOptionRanges.RollBytes),
        ["Parquet.ParquetDataBackplaneOptions.RollInterval"] = Within(ParquetDataBackplaneOptionRanges.RollInterval),
        ["Parquet.ParquetDataBackplaneOptions.RowGroupRows"] = Within(ParquetDataBackplaneOptionRanges.RowGroupRows),
        ["PostgreSql.PostgreSqlDataBackplaneOptions.Retention"] = Within(PostgreSqlDataBackplaneOptionRanges.Retention),
        ["PostgreSql.PostgreSqlDataBackplaneOptions.PartitionsAhead"] = Within(PostgreSqlDataBackplaneOptionRanges.PartitionsAhead),
        ["PostgreSql.PostgreSqlAssignmentStoreOptions.Retention"] = Within(PostgreSqlAssignmentStoreOptionRanges.Retention),
        ["PostgreSql.PostgreSqlOutboxOptions.MaxBytes"] = Within(PostgreSqlOutboxOptionRanges.MaxBytes),
        ["PostgreSql.PostgreSqlOutboxOptions.MaxAge"] = Within(PostgreSqlOutboxOptionRanges.MaxAge),
        ["Redis.RedisAssignmentStoreOptions.TimeToLive"] = Within(RedisAssignmentStoreOptionRanges.TimeToLive),
        ["Science.ExperimentMonitorOptions.MaxExperiments"] = Within(ExperimentMonitorOptionRanges.MaxExperiments),
        ["Science.ExperimentMonitorOptions.MaxSubjectSlots"] = Within(ExperimentMonitorOptionRanges.MaxSubjectSlots),
        ["Science.ExperimentMonitorOptions.HostCount"] = Within(ExperimentMonitorOptionRanges.HostCount),
        ["Science.ExperimentMonitorOptions.MaxImmatureSubjects"] = Within(ExperimentMonitorOptionRanges.MaxImmatureSubjects),
        ["Science.HostedExperimentMonitorOptions.MaxLedgerFileSize"] = Within(HostedExperimentMonitorOptionRanges.MaxLedgerFileSize),
        ["Science.HostedExperimentMonitorOptions.SnapshotInterval"] = Within(HostedExperimentMonitorOptionRanges.SnapshotInterval),
        ["Sqlite.SqliteAssignmentStoreOptions.Retention"] = Within(SqliteAssignmentStoreOptionRanges.Retention),
        ["Sqlite.SqliteDataBackplaneOptions.Retention"] = Within(SqliteDataBackplaneOptionRanges.Retention),
        ["Sqlite.SqliteOutboxOptions.MaxBytes"] = Within(SqliteOutboxOptionRanges.MaxBytes),
        ["Sqlite.SqliteOutboxOptions.MaxAge"] = Within(SqliteOutboxOptionRanges.MaxAge),
        ["Streams.ExperimentMonitorStreamsOptions.ReportInterval"] = Within(ExperimentMonitorStreamsOptionRanges.ReportInterval),
        ["Streams.ExperimentMonitorStreamsOptions.ReplicationFactor"] = Within(ExperimentMonitorStreamsOptionRanges.ReplicationFactor),
        ["Streams.ExperimentMonitorStreamsOptions.MaxExperiments"] = Within(ExperimentMonitorStreamsOptionRanges.MaxExperiments),
    };

    /// <summary>The options that have a range, by the name of their type after the root namespace.</summary>
    public static IEnumerable<string> Options => Validators.Keys;

    /// <summary>The full names of the types that have options with a range.</summary>
    public static IEnumerable<string> Types { get; } =
        [.. Validators.Keys.Select(option => $"{WellKnownNames.Namespace}.{option.Substring(0, option.LastIndexOf('.'))}").Distinct()];

    /// <summary>Returns the value of an option and its allowed range if it is outside; null if it is inside or unknown.</summary>
    public static (string Value, string Range)? Validate(IPropertySymbol option, IOperation value)
    {
        var name = $"{option.ContainingType.ToDisplayString()}.{option.Name}";
        return Validators.TryGetValue(name.Substring(WellKnownNames.Namespace.Length + 1), out var validate) ? validate(value) : null;
    }

    /// <summary>Returns the option's name as it appears in the runtime's messages.</summary>
    public static string FullName(IPropertySymbol property) => property.ContainingType.Name switch
    {
        "RetryOptions" => "DataPlaneOptions.Retry." + property.Name,
        "ExperimentOptions" => "DataPlaneOptions.Experiments." + property.Name,
        var type => $"{type}.{property.Name}",
    };

    private static Func<IOperation, (string Value, string Range)?> Within(OptionRange<TimeSpan> range) => value => Outside(ConstantTime.Of(value), range);

    private static Func<IOperation, (string Value, string Range)?> Within<T>(OptionRange<T> range)
        where T : struct, IComparable<T>, IFormattable =>
        value => Outside(Constant<T>(value), range);

    private static T? Constant<T>(IOperation value)
        where T : struct =>
        ConstantOf(value) switch
        {
            T constant => constant,
            int number when (double)number is T wide => wide,
            int number when (long)number is T wide => wide,
            _ => null,
        };

    /// <summary>Returns the constant, including one that is converted to a nullable type; null if the value is not a constant.</summary>
    private static object? ConstantOf(IOperation value) => value switch
    {
        { ConstantValue: { HasValue: true, Value: var constant } } => constant,
        IConversionOperation { IsImplicit: true, Conversion: { Exists: true, IsUserDefined: false } } conversion => ConstantOf(conversion.Operand),
        _ => null,
    };

    private static (string Value, string Range)? Outside<T>(T? value, OptionRange<T> range)
        where T : struct, IComparable<T>, IFormattable =>
        value is { } known && !range.Contains(known) ? (known.ToString(null, CultureInfo.InvariantCulture), range.ToString()) : null;
}
