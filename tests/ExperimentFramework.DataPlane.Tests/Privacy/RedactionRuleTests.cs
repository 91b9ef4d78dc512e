using System.Collections;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>Which names the rules and the declarations of interfaces redact, wherever an event has them.</summary>
public sealed class RedactionRuleTests
{
    [Fact]
    public void Named_fields_are_redacted_at_any_depth_and_without_regard_to_case()
    {
        using var redacting = new Redacting(options =>
        {
            options.RedactFields.Add("EMAIL");
            options.Fields["phone"] = RedactionMode.Omit;
            options.Placeholder = "***";
        });
        var inner = new Dictionary<string, object?> { ["eMail"] = "secret", ["Phone"] = 123, ["kept"] = 1 };
        var attributes = new Dictionary<string, object?>
        {
            ["email"] = "secret",
            ["profile"] = new Dictionary<string, object?> { ["contact"] = inner, ["emails"] = "kept" },
            ["other"] = new Hashtable { ["email"] = new[] { "secret" } },
        };

        var redacted = redacting.ApplyTo(attributes);
        var signal = redacting.Apply(SampleEvents.Signal with { Data = attributes });
        var metric = redacting.Apply(SampleEvents.Metric with { Attributes = attributes });

        foreach (var values in new[] { redacted, signal.Data!, metric.Attributes! })
        {
            Assert.Equal("***", values["email"]);
            var profile = (IReadOnlyDictionary<string, object?>)values["profile"]!;
            var contact = (IReadOnlyDictionary<string, object?>)profile["contact"]!;
            Assert.Equal("***", contact["eMail"]);
            Assert.Equal(1L, contact["kept"]);
            Assert.False(contact.ContainsKey("Phone"));
            Assert.Equal("kept", profile["emails"]);
            Assert.Equal("***", ((IReadOnlyDictionary<string, object?>)values["other"]!)["email"]);
        }

        Assert.Equal("secret", attributes["email"]);
    }

    [Fact]
    public void Metadata_and_single_fields_are_redacted_by_name()
    {
        using var redacting = new Redacting(options =>
        {
            options.RedactFields.Add("Request-User");
            options.Fields["drop"] = RedactionMode.Omit;
            options.Fields["RulePath"] = RedactionMode.Placeholder;
            options.Fields["correlationid"] = RedactionMode.Omit;
            options.Fields["spanid"] = RedactionMode.Placeholder;
            options.Fields["message"] = RedactionMode.Placeholder;
        });
        var metadata = new Dictionary<string, string> { ["request-user"] = "secret", ["DROP"] = "secret", ["region"] = "eu" };

        var exposure = redacting.Apply(SampleEvents.Envelope(SampleEvents.Exposure) with { Metadata = metadata });

        Assert.Equal(new Dictionary<string, string> { ["request-user"] = "[redacted]", ["region"] = "eu" }, exposure.Metadata);
        Assert.Null(exposure.CorrelationId);
        Assert.Equal("[redacted]", exposure.SpanId);
        Assert.Equal("[redacted]", ((ExposureEvent)exposure.Payload).RulePath);
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Signal).Message);
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Error).Message);
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Error with { Data = new Dictionary<string, object?> { ["Request-User"] = "u1", ["drop"] = 1L } }).Data!.Single().Value);
        Assert.Same(SampleEvents.Accounting, redacting.Apply(SampleEvents.Accounting));
    }

    [Fact]
    public void An_idempotency_key_is_redacted_by_name_and_a_pseudonym_of_it_still_tells_equal_ones()
    {
        using var redacting = new Redacting(options =>
        {
            options.Fields["IDEMPOTENCYKEY"] = RedactionMode.Pseudonym;
            options.PseudonymKey = Redacting.Key;
        });

        var first = redacting.Apply(SampleEvents.Metric with { IdempotencyKey = "order-1" }).IdempotencyKey;

        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.Equal(first, redacting.Apply(SampleEvents.Metric with { IdempotencyKey = "order-1" }).IdempotencyKey);
        Assert.NotEqual(first, redacting.Apply(SampleEvents.Metric with { IdempotencyKey = "order-2" }).IdempotencyKey);
        Assert.Null(redacting.Apply(SampleEvents.Metric with { IdempotencyKey = null }).IdempotencyKey);
    }

    [Fact]
    public void A_metric_belongs_to_all_experiments_and_what_one_of_them_declares_personal_is_personal_in_it()
    {
        using var redacting = new Redacting(_ => { }, personal: ["email"]);

        var metric = redacting.Apply(SampleEvents.Metric with { Attributes = new Dictionary<string, object?> { ["Email"] = "secret", ["plan"] = "free" } });

        Assert.Equal("[redacted]", metric.Attributes!["Email"]);
        Assert.Equal("free", metric.Attributes["plan"]);
    }

    [Fact]
    public void Rules_without_declarations_have_none_for_events_of_all_experiments()
    {
        var rules = new RedactionRules(new PiiRedactionOptions { PersonalAttributes = RedactionMode.Pseudonym }, [], 1_024);

        Assert.Null(rules.PersonalOf(ExperimentNames.All));
        Assert.DoesNotContain(RedactionMode.Pseudonym, rules.Modes);
    }

    [Fact]
    public void Declared_attributes_are_redacted_by_default_and_a_rule_of_their_own_goes_before()
    {
        using var redacting = new Redacting(
            options =>
            {
                options.Fields["phone"] = RedactionMode.None;
                options.Fields["street"] = RedactionMode.Pseudonym;
                options.PseudonymKey = Redacting.Key;
            },
            personal: ["email", "phone", "street", "nothing"]);
        var attributes = new Dictionary<string, object?> { ["Email"] = "e", ["phone"] = "p", ["street"] = new object[] { "s", 1.5m }, ["plan"] = "free", ["nothing"] = null };

        var redacted = redacting.ApplyTo(attributes);

        Assert.Equal("[redacted]", redacted["Email"]);
        Assert.Equal("p", redacted["phone"]);
        Assert.Equal("free", redacted["plan"]);
        Assert.Null(redacted["nothing"]);
        Assert.All(Assert.IsType<string[]>(redacted["street"]), text => Assert.Matches("^[0-9a-f]{32}$", text));
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Exposure with { ExperimentName = "other", Attributes = attributes }).Attributes!["Email"]);
    }

    [Theory]
    [InlineData(RedactionMode.Pseudonym)]
    [InlineData(RedactionMode.Custom)]
    [InlineData(RedactionMode.Placeholder)]
    [InlineData(RedactionMode.Omit)]
    public void Keys_of_a_personal_dictionary_are_as_personal_as_its_values_at_any_depth(RedactionMode mode)
    {
        using var redacting = new Redacting(
            options =>
            {
                options.PersonalAttributes = mode;
                options.PseudonymKey = Redacting.Key;
            },
            redactor: new LengthRedactor(),
            personal: ["contacts"]);
        var contacts = new Dictionary<string, object?>
        {
            ["anna@example.com"] = 5,
            ["bob@example.com"] = null,
            ["more"] = new Hashtable { ["carl@example.com"] = new[] { "dora@example.com" } },
        };

        var redacted = redacting.ApplyTo(new() { ["Contacts"] = contacts });

        var text = DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = redacted }));
        Assert.DoesNotContain("example.com", text, StringComparison.Ordinal);
        Assert.Equal(mode != RedactionMode.Omit, redacted.ContainsKey("Contacts"));
        if (mode == RedactionMode.Pseudonym)
        {
            var keys = ((IReadOnlyDictionary<string, object?>)redacted["Contacts"]!).Keys.ToArray();
            Assert.Equal(3, keys.Length);
            Assert.All(keys, key => Assert.Matches("^[0-9a-f]{32}$", key));
            Assert.Equal(redacting.ApplyTo(new() { ["contacts"] = "anna@example.com" })["contacts"], keys[0]);
        }
    }

    [Fact]
    public void One_comparer_holds_for_attributes_fields_and_experiments()
    {
        using var redacting = new Redacting(options => options.Fields["Phone"] = RedactionMode.Omit, personal: ["eMail"]);

        foreach (var experiment in new[] { "exp", "EXP", "Exp" })
        {
            foreach (var name in new[] { "email", "EMAIL", "eMail" })
            {
                var exposure = redacting.Apply(SampleEvents.Exposure with { ExperimentName = experiment, Attributes = new Dictionary<string, object?> { [name] = "secret", ["PHONE"] = "secret" } });
                Assert.Equal([KeyValuePair.Create(name, (object?)"[redacted]")], exposure.Attributes!);
                var signal = redacting.Apply(SampleEvents.Signal with { ExperimentName = experiment, Data = new Dictionary<string, object?> { ["in"] = new Dictionary<string, object?> { [name] = "secret" } } });
                Assert.Equal("[redacted]", ((IReadOnlyDictionary<string, object?>)signal.Data!["in"]!)[name]);
            }
        }
    }

    [Fact]
    public void Two_interfaces_of_one_experiment_declare_together_what_is_personal()
    {
        var rules = new RedactionRules(new PiiRedactionOptions(), [new PersonalAttributes("exp", ["a"]), new PersonalAttributes("EXP", ["b"])], 1_024);

        Assert.Equal(RedactionMode.Placeholder, rules.Of("a", rules.PersonalOf("Exp")));
        Assert.Equal(RedactionMode.Placeholder, rules.Of("b", rules.PersonalOf("exp")));
        Assert.Equal(RedactionMode.None, rules.Of("c", rules.PersonalOf("exp")));
    }

    [Fact]
    public void A_name_that_was_cut_is_still_known_by_its_rule()
    {
        const string longName = "emergencyContactPhone";
        var options = new PiiRedactionOptions { Fields = { [longName] = RedactionMode.Omit, ["emergencyContactPage"] = RedactionMode.None } };
        var rules = new RedactionRules(options, [new PersonalAttributes("exp", ["secretAnswerToTheQuestion"])], 16);

        Assert.Equal(RedactionMode.Omit, rules.Of(longName));
        Assert.Equal(RedactionMode.Omit, rules.Of("emergencyContac…"));
        Assert.Equal(RedactionMode.None, rules.Of("emergencyContactPage"));
        Assert.Equal(RedactionMode.Placeholder, rules.Of("secretAnswerToT…", rules.PersonalOf("exp")));
        Assert.Equal(RedactionMode.None, rules.Of("secretAnswerToX…", rules.PersonalOf("exp")));
    }

    [Fact]
    public void A_rule_that_lets_a_name_through_does_not_let_another_through_that_is_cut_to_the_same()
    {
        var rules = new RedactionRules(
            new PiiRedactionOptions { Fields = { ["emergencyContactPage"] = RedactionMode.None, ["emergencyContactPhone"] = RedactionMode.Omit } }, [], 16);

        Assert.Equal(RedactionMode.Omit, rules.Of("emergencyContac…"));
    }
}
