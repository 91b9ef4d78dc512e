using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>Marked subjects, tenants and attributes go through everything that lets anything out; no mark is found in any of it.</summary>
public sealed class LeakTests
{
    private const string Subject = "MARK-subject";
    private const string Tenant = "MARK-tenant";
    private const string Attribute = "MARK-attribute";
    private const string Mark = "MARK-";

    /// <summary>Every mode but the one that redacts nothing, so that a new one is tried too.</summary>
    public static TheoryData<RedactionMode> Modes => [.. Enum.GetValues<RedactionMode>().Where(mode => mode != RedactionMode.None)];

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task No_mark_leaves_the_process(RedactionMode mode)
    {
        var outside = new StringBuilder();
        using var metrics = new Listener(outside);
        var recording = new RecordingBackplane();
        var leaky = new LeakyBackplane();
        var composed = new InMemoryDataBackplane();
        await using var fixture = DataPlaneFixture.With(
            builder => builder
                .Trial<IAccounts>(trial => trial.AddControl<Accounts>().AddVariant<FailingAccounts>("b").Using(new FixedSelector("b")).OnErrorFallbackToControl())
                .Trial<IAccounts>("broken-selector", trial => trial.AddControl<Accounts>().Using(new LeakySelector()))
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").WithSemantics(ExposureSemantics.OnFirstUse)),
            options =>
            {
                options.PiiRedaction.SubjectId = mode;
                options.PiiRedaction.TenantId = mode;
                options.PiiRedaction.PersonalAttributes = mode;
                options.PiiRedaction.PseudonymKey = Redacting.Key;
                options.PiiRedaction.RedactFields.Add("plan");
                options.PiiRedaction.RedactFields.Add("country");
                options.PiiRedaction.RedactFields.Add("message");
                options.PiiRedaction.Fields["idempotencyKey"] = RedactionMode.Pseudonym;
                options.EnableAccountingEvents = true;
            },
            services =>
            {
                services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
                services.AddSingleton<IExposureRedactor, Stars>();
                services.AddScoped<ISubjectIdentityProvider, LeakyProvider>();
                services.AddLoggingDataBackplane();
                services.AddSingleton<IDataBackplane>(recording);
                services.AddSingleton<IDataBackplane>(leaky);
                services.AddCompositeDataBackplane(_ => composed, _ => new LeakyBackplane());
            });

        await using (var scope = fixture.Scope())
        {
            using var activity = new Activity("request").Start();
            var profile = new Dictionary<string, object?> { ["address"] = new Dictionary<string, object?> { ["street"] = Attribute }, ["tags"] = new[] { Attribute } };
            scope.ServiceProvider.GetRequiredService<IAccounts>().Open(Tenant, Subject, Attribute, Attribute, profile, Attribute);
            scope.ServiceProvider.GetRequiredKeyedService<IAccounts>("broken-selector").Open(Tenant, Subject, Attribute, Attribute, profile, Attribute);
            var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
            greeter.GreetWith(Subject, Attribute, 3);
            greeter.GreetSomeone();
        }

        var publisher = fixture.Get<IEventPublisher>();
        await publisher.PublishAsync(SampleEvents.Assignment with { SubjectId = Subject, TenantId = Tenant });
        await publisher.PublishAsync(SampleEvents.Signal with { Message = Subject, Data = new Dictionary<string, object?> { ["a"] = new Dictionary<string, object?> { ["Plan"] = Attribute } } });
        await publisher.PublishAsync(SampleEvents.Error with { Message = Subject, Data = new Dictionary<string, object?> { ["plan"] = new[] { Attribute } } });
        await publisher.PublishAsync(SampleEvents.Outcome with { SubjectId = Subject, TenantId = Tenant });
        var personal = new Dictionary<string, object?> { ["plan"] = Attribute, ["email"] = Attribute, ["in"] = new Dictionary<string, object?> { ["Street"] = new[] { Attribute } } };
        await publisher.PublishAsync(SampleEvents.Metric with { SubjectId = Subject, TenantId = Tenant, IdempotencyKey = Attribute, Attributes = personal });
        await using (var request = fixture.Scope())
        {
            var recorder = request.ServiceProvider.GetRequiredService<IMetricRecorder>();
            await recorder.RecordAsync("purchase", 1, new MetricDetails { SubjectId = Subject, SubjectType = "user", TenantId = Tenant, IdempotencyKey = Attribute, Attributes = personal });
            await recorder.RecordAsync("purchase", 1, new MetricDetails { TenantId = Tenant, IdempotencyKey = Attribute });
        }

        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await fixture.Time.AdvanceUntil(() => fixture.Backplane.Events.Concat(recording.Events).Concat(composed.Events).Count(envelope => envelope.Payload is AccountingEvent) >= 3);
        var health = await publisher.HealthAsync();

        // The meters of tests beside this one write there too.
        string text;
        lock (outside)
        {
            foreach (var envelope in fixture.Backplane.Events.Concat(recording.Events).Concat(composed.Events))
            {
                outside.AppendLine(DataPlaneJson.Serialize(envelope)).AppendLine(envelope.ToString());
            }

            foreach (var record in fixture.Logs)
            {
                outside.AppendLine(record.ToString()).AppendLine(record.Message).AppendLine(record.Exception?.ToString()).AppendLine(record.Exception?.InnerException?.ToString());
                outside.AppendJoin('\n', record.StructuredState ?? []).AppendJoin('\n', record.Scopes).AppendLine();
            }

            outside.AppendLine(health.Description).AppendJoin('\n', health.Diagnostics).AppendLine();
            metrics.Collect();

            text = outside.ToString();
        }

        Assert.DoesNotContain(Mark, text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("accounts", text, StringComparison.Ordinal);
        Assert.True(fixture.Backplane.Events.Count >= 8, "The events did not come through.");
        Assert.Contains(fixture.Logs, record => record.Message.StartsWith("The selector of experiment broken-selector threw", StringComparison.Ordinal) && record.Exception is not null);
        Assert.Contains(fixture.Logs, record => record.Message.StartsWith("Subject identity provider LeakyProvider threw", StringComparison.Ordinal));
        Assert.Contains(fixture.Logs, record => record.Message.StartsWith("Destination LeakyBackplane is failing", StringComparison.Ordinal));
        Assert.Contains(health.Diagnostics, entry => entry.Key.EndsWith(":last_error", StringComparison.Ordinal) && ((string)entry.Value).StartsWith("System.IO.IOException", StringComparison.Ordinal));
        Assert.True(leaky.Calls > 0);
        Assert.Contains("dataplane.events.dropped experiment=", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_redaction_the_marks_are_there_so_that_the_test_would_see_them()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IAccounts>(trial => trial.AddControl<Accounts>().Using(new LeakySelector())),
            services: services => services.AddSingleton<Accounts>().AddSingleton<IDataBackplane>(new LeakyBackplane()));

        fixture.Get<IAccounts>().Open(Tenant, Subject, Attribute, Attribute, new Dictionary<string, object?>(), Attribute);
        await fixture.Time.AdvanceUntil(fixture.Get<IEventPublisher>().FlushAsync().AsTask());
        var health = await fixture.Get<IEventPublisher>().HealthAsync();

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal((Subject, Tenant, Attribute), (exposure.SubjectId, exposure.TenantId, exposure.Attributes!["plan"]));

        // Declared attributes are redacted without being asked, and then no exception text is shown either.
        Assert.Equal("[redacted]", exposure.Attributes["email"]);
        Assert.Equal("[redacted]", exposure.Attributes["street"]);
        Assert.Equal("[redacted]", exposure.Attributes["profile"]);
        Assert.DoesNotContain(Mark, string.Join('\n', health.Diagnostics) + health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selection_sampling_and_repeats_go_by_the_real_id()
    {
        static DataPlaneFixture Open(RedactionMode mode) => DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash().WithSemantics(ExposureSemantics.OnFirstUse).WithSamplingRate(0.5),
            options => options.PiiRedaction.SubjectId = mode);

        await using var plain = Open(RedactionMode.None);
        await using var redacted = Open(RedactionMode.Placeholder);
        foreach (var i in Enumerable.Range(0, 400))
        {
            plain.Get<IGreeter>().Greet($"user-{i % 200}");
            redacted.Get<IGreeter>().Greet($"user-{i % 200}");
        }

        Assert.InRange(plain.Exposures.Count, 70, 130);
        Assert.Equal(plain.Exposures.Select(exposure => exposure.VariantKey), redacted.Exposures.Select(exposure => exposure.VariantKey));
        Assert.All(redacted.Exposures, exposure => Assert.Equal("[redacted]", exposure.SubjectId));
    }

    private sealed class LeakySelector : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) =>
            throw new InvalidOperationException($"no row of {context.SubjectId}", new ArgumentException($"{context.TenantId} {Attribute}"));
    }

    private sealed class LeakyProvider : ISubjectIdentityProvider
    {
        public string SubjectType => "user";

        public bool TryGetSubjectId(out string subjectId) => throw new InvalidOperationException(Subject) { Data = { ["id"] = Subject } };
    }

    /// <summary>Puts all it knows into its exceptions at first, and then does its work.</summary>
    private sealed class LeakyBackplane : IDataBackplane
    {
        public int Calls { get; private set; }

        public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            Calls++;
            return Calls > 2 ? ValueTask.CompletedTask : throw new IOException($"{Subject} {envelope}", new IOException(Tenant));
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken = default) => throw new IOException(Subject);

        public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => throw new IOException(Subject);
    }

    private sealed class Stars : IExposureRedactor
    {
        public string? Redact(string field, string value) => new('*', 3);
    }

    private sealed class Listener : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Listener(StringBuilder outside)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name.StartsWith("ExperimentFramework", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Write(outside, instrument, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Write(outside, instrument, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Write(outside, instrument, tags));
            _listener.Start();
        }

        public void Collect() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private static void Write(StringBuilder outside, Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (outside)
            {
                outside.Append(instrument.Name);
                foreach (var (name, value) in tags)
                {
                    outside.Append(' ').Append(name).Append('=').Append(value);
                }

                outside.AppendLine();
            }
        }
    }
}
