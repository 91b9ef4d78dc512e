namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>Every bound of every option exactly at its edge: the last value inside starts, the first outside does not.</summary>
public sealed class OptionBoundsTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static TheoryData<string, object, object, object, object, Action<DataPlaneOptions, object>> Bounds => new()
    {
        // Option, first below, lowest, highest, first above.
        { "SamplingRate", -double.Epsilon, 0.0, 1.0, Math.BitIncrement(1.0), (options, value) => options.SamplingRate = (double)value },
        { "RepeatWindow", TimeSpan.Zero, Tick, Year, Year + Tick, (options, value) => options.RepeatWindow = (TimeSpan)value },
        { "RepeatCapacity", 0, 1, 100_000_000, 100_000_001, (options, value) => options.RepeatCapacity = (int)value },
        { "MaxQueueSize", 0, 1, 10_000_000, 10_000_001, (options, value) => (options.MaxQueueSize, options.BatchSize) = ((int)value, 1) },
        { "BatchSize", 0, 1, 10_000, 10_001, (options, value) => (options.MaxQueueSize, options.BatchSize) = (10_000, (int)value) },
        { "FlushInterval", TimeSpan.Zero, Tick, Hour, Hour + Tick, (options, value) => options.FlushInterval = (TimeSpan)value },
        { "AccountingInterval", TimeSpan.FromSeconds(1) - Tick, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), TimeSpan.FromDays(1) + Tick, (options, value) => options.AccountingInterval = (TimeSpan)value },
        { "MaxAttributeLength", 15, 16, 1_000_000, 1_000_001, (options, value) => options.MaxAttributeLength = (int)value },
        { "BlockTimeout", TimeSpan.Zero, Tick, Hour, Hour + Tick, (options, value) => options.BlockTimeout = (TimeSpan)value },
        { "PublishTimeout", TimeSpan.Zero, Tick, Hour, Hour + Tick, (options, value) => options.PublishTimeout = (TimeSpan)value },
        { "ShutdownTimeout", -Tick, TimeSpan.Zero, Hour, Hour + Tick, (options, value) => options.ShutdownTimeout = (TimeSpan)value },
        { "Retry.MaxAttempts", 0, 1, 100, 101, (options, value) => options.Retry.MaxAttempts = (int)value },
        { "Retry.MaxDelay", TimeSpan.Zero, Tick, Hour, Hour + Tick, (options, value) => (options.Retry.BaseDelay, options.Retry.MaxDelay) = (Tick, (TimeSpan)value) },
        { "Retry.BaseDelay", TimeSpan.Zero, Tick, Hour, Hour + Tick, (options, value) => (options.Retry.BaseDelay, options.Retry.MaxDelay) = ((TimeSpan)value, Hour) },
        { "StoreTimeout", TimeSpan.FromMilliseconds(1) - Tick, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10) + Tick, (options, value) => options.StoreTimeout = (TimeSpan)value },
        { "AssignmentCacheDuration", TimeSpan.Zero, Tick, Year, Year + Tick, (options, value) => options.AssignmentCacheDuration = (TimeSpan)value },
        { "AssignmentCacheCapacity", 0, 1, 100_000_000, 100_000_001, (options, value) => options.AssignmentCacheCapacity = (int)value },
        { "ExposureSemantics", -1, 0, 2, 3, (options, value) => options.ExposureSemantics = (ExposureSemantics)value },
        { "FailureMode", -1, 0, 1, 2, (options, value) =>
            {
                options.FailureMode = (BackplaneFailureMode)value;
                options.RequiredDestinations.Add("x");
            } },
        { "PiiRedaction: SubjectId", -1, 0, Enum.GetValues<RedactionMode>().Length - 1, Enum.GetValues<RedactionMode>().Length, (options, value) => options.PiiRedaction.SubjectId = (RedactionMode)value },
        { "PiiRedaction: TenantId", -1, 0, Enum.GetValues<RedactionMode>().Length - 1, Enum.GetValues<RedactionMode>().Length, (options, value) => options.PiiRedaction.TenantId = (RedactionMode)value },
        { "PiiRedaction: PersonalAttributes", -1, 0, Enum.GetValues<RedactionMode>().Length - 1, Enum.GetValues<RedactionMode>().Length, (options, value) => options.PiiRedaction.PersonalAttributes = (RedactionMode)value },
        { "PiiRedaction: Fields:x", -1, 0, Enum.GetValues<RedactionMode>().Length - 1, Enum.GetValues<RedactionMode>().Length, (options, value) => options.PiiRedaction.Fields["x"] = (RedactionMode)value },
        { "PiiRedaction: PseudonymKey", KeyOf(0), KeyOf(PseudonymKey.MinimumLength), KeyOf(1_000), "no Base64", (options, value) => options.PiiRedaction.PseudonymKey = (string)value },
        { "PiiRedaction: PseudonymKey", KeyOf(PseudonymKey.MinimumLength - 1), KeyOf(PseudonymKey.MinimumLength), KeyOf(PseudonymKey.MinimumLength + 1), "=", (options, value) => options.PiiRedaction.PseudonymKey = (string)value },
        { "Experiments:x:SamplingRate", -double.Epsilon, 0.0, 1.0, Math.BitIncrement(1.0), (options, value) => options.Experiments["x"] = new() { SamplingRate = (double)value } },
        { "Experiments:x:ExposureSemantics", -1, 0, 2, 3, (options, value) => options.Experiments["x"] = new() { ExposureSemantics = (ExposureSemantics)value } },
        { "Experiments:x:RepeatWindow", TimeSpan.Zero, Tick, Year, Year + Tick, (options, value) => options.Experiments["x"] = new() { RepeatWindow = (TimeSpan)value } },
        { "Experiments:x:RepeatCapacity", 0, 1, 100_000_000, 100_000_001, (options, value) => options.Experiments["x"] = new() { RepeatCapacity = (int)value } },
    };

    [Theory]
    [MemberData(nameof(Bounds), DisableDiscoveryEnumeration = true)]
    public void An_option_is_in_range_up_to_its_edges(
        string option, object below, object lowest, object highest, object above, Action<DataPlaneOptions, object> set)
    {
        Assert.Null(Failure(lowest));
        Assert.Null(Failure(highest));
        Assert.StartsWith($"DataPlaneOptions.{option} ", Failure(below), StringComparison.Ordinal);
        Assert.StartsWith($"DataPlaneOptions.{option} ", Failure(above), StringComparison.Ordinal);

        string? Failure(object value)
        {
            var options = new DataPlaneOptions();
            set(options, value);
            return new DataPlaneOptionsValidator().Validate(null, options).Failures?.Single();
        }
    }

    /// <summary>Options that are tried above, or have no bound, so that a new one is noticed here.</summary>
    [Fact]
    public void Every_option_is_tried_or_has_no_bound()
    {
        string[] unbounded =
        [
            nameof(DataPlaneOptions.EnableExposureEvents),
            nameof(DataPlaneOptions.EnableAssignmentEvents),
            nameof(DataPlaneOptions.EnableOutcomeEvents),
            nameof(DataPlaneOptions.EnableAnalysisSignals),
            nameof(DataPlaneOptions.EnableErrorEvents),
            nameof(DataPlaneOptions.EnableMetricEvents),
            nameof(DataPlaneOptions.EnableAccountingEvents),
            nameof(DataPlaneOptions.RequiredDestinations),
            nameof(DataPlaneOptions.Retry),
            nameof(DataPlaneOptions.PiiRedaction),
            nameof(DataPlaneOptions.Experiments),
        ];
        var tried = Bounds.Select(row => row.Data.Item1).ToArray();

        Assert.Equal([], ConfigurationKeyValidator.OfOptions.Except(unbounded).Except(tried));
        Assert.Equal([], ConfigurationKeyValidator.OfRetry.Select(name => $"Retry.{name}").Except(tried));
        Assert.Equal([], ConfigurationKeyValidator.OfExperiment.Except([nameof(ExperimentOptions.Variants)]).Select(name => $"Experiments:x:{name}").Except(tried));
    }

    private static string KeyOf(int bytes) => Convert.ToBase64String(new byte[bytes]);
}
