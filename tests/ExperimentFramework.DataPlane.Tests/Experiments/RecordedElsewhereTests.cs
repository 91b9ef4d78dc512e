using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>Exposures of decisions made elsewhere are sampled, deduplicated, redacted and accounted for as those of calls are.</summary>
public sealed class RecordedElsewhereTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_publisher_goes_round_sampling_and_the_recorder_does_not()
    {
        await using var fixture = DataPlaneFixture.Bare(options => options.SamplingRate = 0.5, services => services.AddInMemoryDataBackplane());
        var subjects = Enumerable.Range(0, 30).Select(i => $"u{i}").ToArray();
        var sampling = new SubjectSampling("flag", 0.5);

        foreach (var subject in subjects)
        {
            await fixture.Get<IEventPublisher>().PublishAsync(Published(subject), Token);
        }

        Assert.Equal(30, fixture.Exposures.Count);
        foreach (var subject in subjects)
        {
            Assert.Equal(sampling.Includes(subject), await fixture.Get<IExposureRecorder>().RecordAsync(Decided(subject), Token));
        }

        var sampled = subjects.Where(sampling.Includes).ToArray();
        Assert.InRange(sampled.Length, 8, 22);
        Assert.Equal(sampled, fixture.Exposures.Skip(30).Select(exposure => exposure.SubjectId));
        Assert.All(fixture.Exposures.Skip(30), exposure => Assert.Equal(0.5, exposure.SamplingRate));
        Assert.Equal(30 - sampled.Length, fixture.Dropped("flag", "on", DropReasons.SampledOut));

        ExposureEvent Published(string subject) => new()
        {
            ExperimentName = "flag",
            VariantKey = "on",
            SelectionReason = "flag-system",
            AssignmentPolicy = AssignmentPolicy.BestEffort,
            Timestamp = fixture.Time.GetUtcNow(),
            SubjectId = subject,
        };
    }

    [Fact]
    public async Task Every_part_of_the_exposure_is_in_the_event()
    {
        await using var fixture = Bare();
        var attributes = new Dictionary<string, object?> { ["country"] = "FR", ["age"] = 44 };

        Assert.True(await fixture.Get<IExposureRecorder>().RecordAsync(
            new DecidedExposure
            {
                ExperimentName = "flag",
                VariantKey = "on",
                Reason = "SPLIT",
                SubjectId = "u1",
                SubjectType = "user",
                TenantId = "acme",
                RulePath = "rules/3",
                AllocationVersion = "v7",
                Attributes = attributes,
            },
            Token));
        attributes["country"] = "changed";

        var exposure = Assert.Single(fixture.Exposures);
        Assert.Equal(
            ("flag", "on", "SPLIT", "u1", "user", "acme", "rules/3", "v7"),
            (exposure.ExperimentName, exposure.VariantKey, exposure.SelectionReason, exposure.SubjectId, exposure.SubjectType, exposure.TenantId, exposure.RulePath, exposure.AllocationVersion));
        Assert.Equal((fixture.Time.GetUtcNow(), AssignmentPolicy.BestEffort, 1.0), (exposure.Timestamp, exposure.AssignmentPolicy, exposure.SamplingRate));
        Assert.Equal(("FR", 44L), (exposure.Attributes!["country"], exposure.Attributes["age"]));
    }

    [Fact]
    public async Task Without_a_reason_it_says_that_it_was_decided_elsewhere()
    {
        await using var fixture = Bare();

        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1"), Token);

        Assert.Equal(SelectionReasons.DecidedElsewhere, Assert.Single(fixture.Exposures).SelectionReason);
    }

    [Fact]
    public async Task Without_a_subject_the_provider_names_it_and_without_a_provider_it_is_unknown()
    {
        await using var known = Bare(services => services.AddSingleton<ISubjectIdentityProvider>(new FixedSubject("7")));
        await using var unknown = Bare(options: options => options.ExposureSemantics = ExposureSemantics.OnFirstUse);

        Assert.True(await known.Get<IExposureRecorder>().RecordAsync(Decided(null), Token));
        Assert.False(await unknown.Get<IExposureRecorder>().RecordAsync(Decided(null), Token));

        Assert.Equal(("7", "session"), (known.Exposures.Single().SubjectId, known.Exposures.Single().SubjectType));
        Assert.Equal(1, unknown.Dropped("flag", "on", DropReasons.NoSubject));
    }

    [Fact]
    public async Task A_name_that_is_not_registered_has_the_options_and_its_own_entry()
    {
        await using var fixture = Bare(options: options =>
        {
            options.ExposureSemantics = ExposureSemantics.OnFirstUse;
            options.Experiments["flag"] = new ExperimentOptions { RepeatWindow = TimeSpan.FromMinutes(1) };
            options.Experiments["none"] = new ExperimentOptions { SamplingRate = 0 };
        });
        var recorder = fixture.Get<IExposureRecorder>();

        Assert.True(await recorder.RecordAsync(Decided("u1"), Token));
        Assert.False(await recorder.RecordAsync(Decided("u1"), Token));
        Assert.True(await recorder.RecordAsync(Decided("u1") with { VariantKey = "off" }, Token));
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await recorder.RecordAsync(Decided("u1") with { VariantKey = "off" }, Token));
        Assert.False(await recorder.RecordAsync(Decided("u1") with { ExperimentName = "none" }, Token));

        Assert.Equal(["on", "off", "off"], fixture.Exposures.Select(exposure => exposure.VariantKey));
        Assert.Equal([("on", "off", "selection-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task Variants_of_a_name_that_is_not_registered_are_spelt_as_they_are_reported_and_only_control_has_one_spelling()
    {
        await using var fixture = Bare();

        foreach (var key in new[] { "On", "on", "CONTROL", "control", "On" })
        {
            Assert.True(await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1") with { VariantKey = key }, Token));
        }

        Assert.Equal(["On", "on", "control", "control", "On"], fixture.Exposures.Select(exposure => exposure.VariantKey));
    }

    [Fact]
    public async Task A_switch_turned_off_records_nothing_and_refuses_nothing()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { }, options => options.EnableExposureEvents = false);

        Assert.False(await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1"), Token));
        Assert.False(await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1") with { ExperimentName = "greeting", VariantKey = "c" }, Token));

        Assert.Empty(fixture.Exposures);
        Assert.Equal(0, fixture.Dropped("greeting", "*", DropReasons.UnknownVariant));
        Assert.Empty(fixture.Logs);
    }

    [Fact]
    public async Task An_exposure_without_the_type_that_the_experiments_others_have_is_a_warning_once()
    {
        await using var fixture = Bare();

        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1"), Token);
        Assert.Empty(fixture.Logs);
        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1") with { SubjectType = "user" }, Token);
        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1") with { SubjectType = "" }, Token);
        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u2"), Token);

        var warning = Assert.Single(fixture.Logs);
        Assert.Equal("ExposedWithoutSubjectType", warning.Id.Name);
        Assert.Contains("'flag' was recorded by name without a subject type, but the experiment's exposures have 'user'", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explicit_semantics_are_met_because_the_call_is_explicit()
    {
        await using var fixture = Bare(options: options => options.ExposureSemantics = ExposureSemantics.Explicit);

        Assert.True(await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1"), Token));

        Assert.Single(fixture.Exposures);
    }

    [Fact]
    public async Task Ids_are_redacted()
    {
        await using var fixture = Bare(options: options =>
        {
            options.PiiRedaction.SubjectId = RedactionMode.Pseudonym;
            options.PiiRedaction.PseudonymKey = Privacy.Redacting.Key;
        });

        await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1"), Token);

        Assert.DoesNotContain("u1", Assert.Single(fixture.Exposures).SubjectId, StringComparison.Ordinal);
        Assert.NotNull(fixture.Exposures[0].SubjectId);
    }

    [Fact]
    public async Task A_variant_that_a_registered_experiment_does_not_have_is_dropped_counted_and_logged_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        var recorder = fixture.Get<IExposureRecorder>();
        var unknown = Decided("u1") with { ExperimentName = "greeting", VariantKey = "c" };

        Assert.False(await recorder.RecordAsync(unknown, Token));
        Assert.False(await recorder.RecordAsync(unknown, Token));
        Assert.True(await recorder.RecordAsync(unknown with { VariantKey = "b" }, Token));
        Assert.False(await recorder.RecordAsync(unknown, Token));

        Assert.Equal(3, fixture.Dropped("greeting", "*", DropReasons.UnknownVariant));
        Assert.Contains(
            "variant 'c' does not exist. Use one of: control, b",
            Assert.Single(fixture.Logs, record => record.Id.Name == "RecordedUnknownVariant").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_names_is_bounded_and_registered_ones_are_not_among_them()
    {
        await using var fixture = DataPlaneFixture.With(experiments => experiments.Experiment("banner", banner => banner.AddControl()));
        var recorder = fixture.Get<IExposureRecorder>();

        for (var i = 0; i < RecordedExperiments.MaxUnregistered; i++)
        {
            Assert.True(await recorder.RecordAsync(Decided("u1") with { ExperimentName = $"flag-{i}" }, Token));
        }

        Assert.False(await recorder.RecordAsync(Decided("u1") with { ExperimentName = "one-more" }, Token));
        Assert.False(await recorder.RecordAsync(Decided("u1") with { ExperimentName = "two-more" }, Token));
        Assert.True(await recorder.RecordAsync(Decided("u1") with { ExperimentName = "flag-0" }, Token));
        Assert.True(await recorder.RecordAsync(Decided("u1") with { ExperimentName = "banner", VariantKey = "control" }, Token));

        Assert.Equal(2, fixture.Dropped("*", "*", DropReasons.UnknownVariant));
        Assert.Single(fixture.Logs, record => record.Id.Name == "RecordedTooManyNames");
    }

    [Fact]
    public async Task Wrong_arguments_are_errors_and_a_canceled_call_records_nothing()
    {
        await using var fixture = Bare();
        var recorder = fixture.Get<IExposureRecorder>();

        await Refused(default, "DecidedExposure.ExperimentName is null or empty. Set it to the name of the experiment.");
        await Refused(Decided("u1") with { ExperimentName = "" }, "DecidedExposure.ExperimentName is null or empty. Set it to the name of the experiment.");
        await Refused(Decided("u1") with { ExperimentName = "a\nb" }, "contains a control character. Set it to the name of the experiment.");
        await Refused(Decided("u1") with { ExperimentName = "a\ud800" }, "contains half of a surrogate pair, which no encoding can represent. Set it to the name of the experiment.");
        await Refused(Decided("u1") with { ExperimentName = "*" }, "DecidedExposure.ExperimentName '*' is reserved for events that belong to no single experiment. Use the name of one experiment.");
        await Refused(Decided("u1") with { VariantKey = "\udc00" }, "Set it to the key of the variant that was served.");
        await Refused(Decided("u1") with { VariantKey = new string('x', 257) }, "has 257 characters; at most 256 are allowed. Set it to the key of the variant that was served.");
        await Refused(Decided("u1") with { VariantKey = null! }, "DecidedExposure.VariantKey is null or empty. Set it to the key of the variant that was served.");
        await Refused(Decided("u1") with { Reason = "" }, "DecidedExposure.Reason is null or empty. Set it to why the variant was selected, or leave it out for 'decided-elsewhere'.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await recorder.RecordAsync(Decided("u1"), new CancellationToken(canceled: true)));

        Assert.Empty(fixture.Exposures);

        async Task Refused(DecidedExposure exposure, string message)
        {
            var refusal = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await recorder.RecordAsync(exposure, Token));
            Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
            Assert.Equal("exposure", refusal.ParamName);
        }
    }

    [Fact]
    public async Task Attributes_that_throw_do_not_hurt_the_caller()
    {
        await using var fixture = Bare();

        Assert.True(await fixture.Get<IExposureRecorder>().RecordAsync(Decided("u1") with { Attributes = new Throwing() }, Token));

        Assert.Equal("FR", Assert.Single(fixture.Exposures).Attributes!["country"]);
    }

    private static DecidedExposure Decided(string? subject) => new() { ExperimentName = "flag", VariantKey = "on", SubjectId = subject };

    private static DataPlaneFixture Bare(Action<IServiceCollection>? services = null, Action<DataPlaneOptions>? options = null) =>
        DataPlaneFixture.Bare(options ?? (_ => { }), collection =>
        {
            collection.AddInMemoryDataBackplane();
            services?.Invoke(collection);
        });

    private sealed class Throwing : Dictionary<string, object?>, IReadOnlyDictionary<string, object?>, IEnumerable<KeyValuePair<string, object?>>
    {
        IEnumerator<KeyValuePair<string, object?>> IEnumerable<KeyValuePair<string, object?>>.GetEnumerator()
        {
            yield return KeyValuePair.Create<string, object?>("country", "FR");
            throw new InvalidOperationException("The dictionary changed.");
        }
    }
}
