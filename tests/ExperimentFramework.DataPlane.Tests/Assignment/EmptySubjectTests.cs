using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>An empty part of a subject means the same as none, wherever the subject is from.</summary>
public sealed class EmptySubjectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_type_or_tenant_is_the_same_subject_in_the_repeat_memory_as_none()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")).WithSemantics(ExposureSemantics.OnFirstUse));
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("u1");
        greeter.GreetIn("", "u1");
        greeter.GreetIn(null, "u1");
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u1", "user", "", cancellationToken: Token);
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u2", "", "", cancellationToken: Token);
        await fixture.Get<IExperiments>().ExposeAsync("greeting", "u2", cancellationToken: Token);
        await fixture.Get<IExposureRecorder>().RecordAsync(
            new DecidedExposure { ExperimentName = "greeting", VariantKey = "b", SubjectId = "u2", SubjectType = "", TenantId = "" }, Token);

        Assert.Equal([("u1", "user", null), ("u2", null, null)], fixture.Exposures.Select(exposure => (exposure.SubjectId, exposure.SubjectType, exposure.TenantId)));
    }

    [Fact]
    public async Task A_metric_and_an_event_that_is_published_join_whether_a_part_is_empty_or_null()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane());

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1", SubjectType = "", TenantId = "" }, Token);
        await fixture.Get<IEventPublisher>().PublishAsync(Delivery.SampleEvents.Metric with { SubjectId = "u1", SubjectType = "", TenantId = "" }, Token);
        await fixture.Get<IEventPublisher>().PublishAsync(Delivery.SampleEvents.Exposure with { SubjectId = "", SubjectType = "", TenantId = "" }, Token);
        await fixture.Get<IEventPublisher>().PublishAsync(Delivery.SampleEvents.Outcome with { SubjectId = "", SubjectType = "", TenantId = "" }, Token);
        await fixture.Get<IEventPublisher>().PublishAsync(Delivery.SampleEvents.Assignment with { SubjectType = "", TenantId = "" }, Token);

        var subjects = fixture.Backplane.Events.Select(envelope => envelope.Payload switch
        {
            MetricEvent metric => (metric.SubjectId, metric.SubjectType, metric.TenantId),
            ExposureEvent exposure => (exposure.SubjectId, exposure.SubjectType, exposure.TenantId),
            OutcomeEvent outcome => (outcome.SubjectId, outcome.SubjectType, outcome.TenantId),
            AssignmentEvent assignment => (null, assignment.SubjectType, assignment.TenantId),
            var other => throw new NotSupportedException(other.GetType().Name),
        });
        Assert.Equal([("u1", null, null), ("u1", null, null), (null, null, null), (null, null, null), (null, null, null)], subjects);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task An_empty_tenant_is_the_providers_as_null_is(string? tenant)
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane().AddSingleton<ISubjectIdentityProvider>(new Tenant("acme", "user")));

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1", SubjectType = "", TenantId = tenant }, Token);
        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", 1, new MetricDetails { TenantId = tenant }, Token);

        Assert.Equal(
            [("u1", null, "acme"), ("p1", "user", "acme")],
            fixture.Backplane.Events.Select(envelope => (MetricEvent)envelope.Payload).Select(metric => (metric.SubjectId, metric.SubjectType, metric.TenantId)));
    }

    [Fact]
    public async Task A_provider_may_say_none_with_an_empty_text()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane().AddSingleton<ISubjectIdentityProvider>(new Tenant("", "")));

        await fixture.Get<IMetricRecorder>().RecordAsync("purchase", cancellationToken: Token);

        var metric = Assert.IsType<MetricEvent>(Assert.Single(fixture.Backplane.Events).Payload);
        Assert.Equal(("p1", null, null), (metric.SubjectId, metric.SubjectType, metric.TenantId));
    }

    [Fact]
    public async Task A_named_subject_whose_tenant_cannot_be_read_is_unknown_and_each_outage_is_logged()
    {
        var provider = new FailingTenant { Failure = new IOException("no request") };
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddInMemoryDataBackplane().AddSingleton<ISubjectIdentityProvider>(provider));
        var recorder = fixture.Get<IMetricRecorder>();

        await recorder.RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u1" }, Token);
        provider.Failure = null;
        await recorder.RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u2" }, Token);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        provider.Failure = new IOException("no request");
        await recorder.RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u3" }, Token);
        await recorder.RecordAsync("purchase", 1, new MetricDetails { SubjectId = "u4", TenantId = "named" }, Token);

        Assert.Equal([("u2", "acme"), ("u4", "named")], fixture.Backplane.Events.Select(envelope => (MetricEvent)envelope.Payload).Select(metric => (metric.SubjectId, metric.TenantId)));
        Assert.Equal(2, fixture.Logs.Count(line => line.Id.Name == "IdentityProviderFailing"));
    }

    private sealed class FailingTenant : ISubjectIdentityProvider
    {
        public Exception? Failure { get; set; }

        public string SubjectType => "user";

        public string? TenantId => Failure is null ? "acme" : throw Failure;

        public bool TryGetSubjectId(out string subjectId) => throw new NotSupportedException();
    }

    private sealed class Tenant(string tenant, string type) : ISubjectIdentityProvider
    {
        public string SubjectType => type;

        public string? TenantId => tenant;

        public bool TryGetSubjectId(out string subjectId)
        {
            subjectId = "p1";
            return true;
        }
    }
}
