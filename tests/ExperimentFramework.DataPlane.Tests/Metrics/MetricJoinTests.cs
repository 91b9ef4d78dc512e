using ExperimentFramework.DataPlane.Tests.Privacy;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Metrics;

/// <summary>A metric that another process records a day later belongs to the subject of an exposure, or is refused.</summary>
public sealed class MetricJoinTests
{
    /// <summary>Each way to redact a subject, and whether what is left of it can be joined. A new mode has no row, and fails.</summary>
    public static TheoryData<string, Action<PiiRedactionOptions>, bool> Redactions
    {
        get
        {
            var rows = new TheoryData<string, Action<PiiRedactionOptions>, bool>();
            foreach (var mode in Enum.GetValues<RedactionMode>())
            {
                var keeps = mode switch
                {
                    RedactionMode.None or RedactionMode.Pseudonym or RedactionMode.Custom => true,
                    RedactionMode.Placeholder or RedactionMode.Omit => false,
                    _ => throw new NotSupportedException($"Say here whether subjects can be joined under {mode}."),
                };
                rows.Add($"SubjectId = {mode}", redaction => (redaction.SubjectId, redaction.TenantId) = (mode, mode), keeps);
                rows.Add($"Fields[subjectId] = {mode}", redaction => redaction.Fields["SUBJECTID"] = mode, keeps);
            }

#pragma warning disable DP3005 // What it warns of is the point.
            rows.Add("RedactFields", redaction => redaction.RedactFields.Add("subjectId"), false);
#pragma warning restore DP3005
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Redactions))]
    public async Task A_conversion_a_day_later_in_another_process_joins_its_exposure_or_is_refused(string why, Action<PiiRedactionOptions> redaction, bool keepsJoins)
    {
        await using var shop = Process(redaction);
        await using var till = Process(redaction);
        shop.Get<IAccounts>().Open("acme", "user-1", "e", "s", new Dictionary<string, object?>(), "free");
        shop.Get<IAccounts>().Open("acme", "user-2", "e", "s", new Dictionary<string, object?>(), "free");
        till.Time.Advance(TimeSpan.FromDays(1));

        await till.Get<IMetricRecorder>().RecordAsync("purchase", 49.9, new MetricDetails { SubjectId = "user-1", SubjectType = "user", TenantId = "acme" }, TestContext.Current.CancellationToken);

        var exposures = Read(shop).OfType<ExposureEvent>().ToList();
        var metrics = Read(till).OfType<MetricEvent>().ToList();
        var joined = from exposure in exposures
                     join metric in metrics on (exposure.SubjectId, exposure.SubjectType, exposure.TenantId) equals (metric.SubjectId, metric.SubjectType, metric.TenantId)
                     select (exposure, metric);
        var health = await till.Get<IEventPublisher>().HealthAsync(TestContext.Current.CancellationToken);
        if (keepsJoins)
        {
            var (exposure, metric) = Assert.Single(joined);
            Assert.Equal((exposures[0], 49.9, TimeSpan.FromDays(1)), (exposure, metric.Value, metric.Timestamp - exposure.Timestamp));
            Assert.False(health.IsDegraded, why);
            return;
        }

        Assert.Empty(metrics);
        Assert.Equal(1, till.Dropped("*", "", DropReasons.NoSubject));
        Assert.Contains("cannot be joined with exposures. Set PiiRedaction.SubjectId to Pseudonym", Assert.Single(till.Logs, record => record.Id.Name == "MetricSubjectRedacted").Message, StringComparison.Ordinal);
        Assert.True(health.IsDegraded);
        Assert.Contains("Metrics are dropped", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redaction_that_keeps_no_join_is_no_fault_of_a_process_that_records_no_metrics()
    {
        await using var shop = Process(redaction => redaction.SubjectId = RedactionMode.Omit);
        await ExperimentHost.StartAsync(shop);

        shop.Get<IAccounts>().Open("acme", "user-1", "e", "s", new Dictionary<string, object?>(), "free");

        Assert.False((await shop.Get<IEventPublisher>().HealthAsync(TestContext.Current.CancellationToken)).IsDegraded);
        Assert.DoesNotContain(shop.Logs, record => record.Message.Contains("etrics", StringComparison.Ordinal));
    }

    /// <summary>The same application in a process of its own: only options, key and time are shared.</summary>
    private static DataPlaneFixture Process(Action<PiiRedactionOptions> redaction) => DataPlaneFixture.With(
        builder => builder.Trial<IAccounts>(trial => trial.AddControl<Accounts>().AddVariant<FailingAccounts>("b").Using(new FixedSelector("control"))),
        options =>
        {
            options.PiiRedaction.PseudonymKey = Redacting.Key;
            redaction(options.PiiRedaction);
        },
        services => services.AddSingleton<Accounts>().AddSingleton<FailingAccounts>().AddSingleton<IExposureRedactor, Reversed>());

    /// <summary>What an analyst reads, who has the JSON alone.</summary>
    private static IEnumerable<DataPlaneEvent> Read(DataPlaneFixture fixture) =>
        fixture.Backplane.Events.Select(envelope => DataPlaneJson.Deserialize(DataPlaneJson.Serialize(envelope)).Payload);

    private sealed class Reversed : IExposureRedactor
    {
        public string? Redact(string field, string value) => string.Concat(value.Reverse());
    }
}
