using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>What a rule for a name reaches, and what identifies a key.</summary>
public sealed class RedactionEdgeTests
{
    [Fact]
    public void Everything_within_an_attribute_is_redacted_under_the_attributes_own_name()
    {
        var fields = new List<string>();
        using var redacting = new Redacting(options => options.Fields["contact"] = RedactionMode.Custom, redactor: new Noting(fields));

        redacting.ApplyTo(new Dictionary<string, object?>
        {
            ["contact"] = new Dictionary<string, object?> { ["mail"] = "anna@example.com", ["phones"] = new[] { "1", "2" }, ["deep"] = new Dictionary<string, object?> { ["x"] = 1L } },
            ["other"] = "free",
        });

        Assert.All(fields, field => Assert.Equal("contact", field));
        Assert.Equal(8, fields.Count);
    }

    [Fact]
    public void A_key_with_the_same_bytes_and_another_id_is_another_key()
    {
        var bytes = new byte[PseudonymKey.MinimumLength];
        using var pseudonyms = new Pseudonyms(new PseudonymKey("2026", bytes));
        Assert.True(pseudonyms.IsOf(new PseudonymKey("2026", [.. bytes])));
        Assert.False(pseudonyms.IsOf(new PseudonymKey("2027", [.. bytes])));
        Assert.False(pseudonyms.IsOf(new PseudonymKey("2026", [.. bytes[..^1], 1])));
    }

    [Fact]
    public void A_pseudonym_is_made_of_domain_and_value_however_long_either_is()
    {
        using var pseudonyms = new Pseudonyms(new PseudonymKey("k", new byte[PseudonymKey.MinimumLength]));
        string[] texts = ["", "a", new('d', 5_000)];

        var all = texts.SelectMany(domain => texts.Select(value => pseudonyms.Of(domain, value))).ToArray();

        Assert.Equal(9, all.Distinct().Count());
        Assert.All(all, pseudonym => Assert.Equal(32, pseudonym.Length));
    }

    [Fact]
    public void A_rule_for_a_field_of_the_event_alone_redacts_it()
    {
        using var redacting = new Redacting(options => options.RedactFields.Add("rulePath"));

        Assert.Equal(new PiiRedactionOptions().Placeholder, redacting.Apply(SampleEvents.Exposure).RulePath);
        Assert.Equal("u1", redacting.Apply(SampleEvents.Exposure).SubjectId);
    }

    [Theory]
    [InlineData(RedactionMode.Placeholder)]
    [InlineData(RedactionMode.Custom)]
    public void A_placeholder_is_no_idempotency_key_because_all_metrics_would_count_as_one(RedactionMode mode)
    {
        using var redacting = new Redacting(options => options.Fields["idempotencyKey"] = mode, redactor: new Failing());

        Assert.Null(redacting.Apply(SampleEvents.Metric with { IdempotencyKey = "order-1" }).IdempotencyKey);
    }

    [Fact]
    public void An_attribute_that_is_omitted_is_absent_whether_or_not_it_had_a_value()
    {
        using var redacting = new Redacting(options => options.Fields["email"] = RedactionMode.Omit);

        Assert.Equal(["plan"], redacting.ApplyTo(new Dictionary<string, object?> { ["email"] = null, ["plan"] = "free" }).Keys);
        Assert.Equal(["plan"], redacting.ApplyTo(new Dictionary<string, object?> { ["email"] = "anna@example.com", ["plan"] = "free" }).Keys);
    }

    [Fact]
    public void A_rule_for_a_field_of_the_envelope_alone_redacts_it()
    {
        using var redacting = new Redacting(options => (options.Fields["correlationId"], options.Fields["host"]) = (RedactionMode.Omit, RedactionMode.Omit));
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure) with { CorrelationId = "trace", Metadata = null };
        var metadata = new Dictionary<string, string> { ["host"] = "web-1", ["region"] = "eu" };

        Assert.Null(redacting.Apply(envelope).CorrelationId);
        Assert.DoesNotContain("host", redacting.Apply(envelope with { CorrelationId = null, Metadata = metadata }).Metadata!.Keys);
    }

    [Theory]
    [InlineData("flag")]
    [InlineData("banner")]
    public async Task What_an_interface_declares_personal_is_personal_under_names_that_no_interface_has(string experiment)
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder
                .Trial<IAccounts>(trial => trial.AddControl<Accounts>())
                .Experiment("banner", banner => banner.AddControl()),
            services: services => services.AddSingleton<Accounts>());
        var attributes = new Dictionary<string, object?> { ["Email"] = "anna@example.com", ["in"] = new Dictionary<string, object?> { ["email"] = "anna@example.com" }, ["plan"] = "free" };

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { ExperimentName = experiment, Attributes = attributes }, TestContext.Current.CancellationToken);
        await fixture.Get<IExposureRecorder>().RecordAsync(
            new DecidedExposure { ExperimentName = experiment, VariantKey = "control", SubjectId = "u1", Attributes = attributes }, TestContext.Current.CancellationToken);

        Assert.NotEmpty(fixture.Exposures);
        Assert.All(fixture.Exposures, exposure =>
        {
            Assert.Equal(("[redacted]", "free"), (exposure.Attributes!["Email"], exposure.Attributes["plan"]));
            Assert.Equal("[redacted]", ((IReadOnlyDictionary<string, object?>)exposure.Attributes["in"]!)["email"]);
        });
    }

    [Fact]
    public void An_interface_that_declares_nothing_personal_has_said_so()
    {
        var rules = new RedactionRules(new PiiRedactionOptions(), [new PersonalAttributes("exp", ["name"]), new PersonalAttributes("plans", [])], 1_024);
        var none = new RedactionRules(new PiiRedactionOptions(), [new PersonalAttributes("plans", [])], 1_024);

        Assert.Equal(RedactionMode.None, rules.Of("name", rules.PersonalOf("plans")));
        Assert.Equal(RedactionMode.Placeholder, rules.Of("name", rules.PersonalOf("other")));
        Assert.Null(none.PersonalOf("other"));
        Assert.All(none.Modes, mode => Assert.Equal(RedactionMode.None, mode));
    }

    private sealed class Noting(List<string> fields) : IExposureRedactor
    {
        public string? Redact(string field, string value)
        {
            fields.Add(field);
            return "x" + value;
        }
    }

    private sealed class Failing : IExposureRedactor
    {
        public string? Redact(string field, string value) => throw new InvalidOperationException("redactor down");
    }
}
