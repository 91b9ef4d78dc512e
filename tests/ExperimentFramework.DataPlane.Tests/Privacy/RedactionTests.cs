using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

public sealed class RedactionTests
{
    /// <summary>Every mode there is, with what it makes of the subject <c>u1</c>; a new one has no row, and fails.</summary>
    public static TheoryData<RedactionMode, string?> Modes
    {
        get
        {
            var modes = new TheoryData<RedactionMode, string?>();
            foreach (var mode in Enum.GetValues<RedactionMode>())
            {
                modes.Add(mode, mode switch
                {
                    RedactionMode.None => "u1",
                    RedactionMode.Placeholder => "[redacted]",
                    RedactionMode.Pseudonym => null,
                    RedactionMode.Omit => null,
                    RedactionMode.Custom => "subjectId:2",
                    _ => throw new NotSupportedException($"Say here what {mode} makes of a subject."),
                });
            }

            return modes;
        }
    }

    [Fact]
    public void An_event_without_personal_data_passes_untouched()
    {
        using var redacting = new Redacting(_ => { });
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);

        Assert.Same(envelope, redacting.Apply(envelope));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_subject_leaves_as_its_mode_says_in_every_event(RedactionMode mode, string? expected)
    {
        using var redacting = new Redacting(
            options =>
            {
                options.SubjectId = mode;
                options.PseudonymKey = Redacting.Key;
            },
            redactor: new Lengths());
        if (mode == RedactionMode.Pseudonym)
        {
            expected = redacting.Apply(SampleEvents.Exposure).SubjectId;
            Assert.Matches("^[0-9a-f]{32}$", expected);
        }

        Assert.Equal(expected, redacting.Apply(SampleEvents.Exposure).SubjectId);
        Assert.Equal(expected, redacting.Apply(SampleEvents.Assignment).SubjectId);
        Assert.Equal(expected, redacting.Apply(SampleEvents.Outcome).SubjectId);
        Assert.Equal(expected, redacting.Apply(SampleEvents.Metric).SubjectId);
        Assert.Equal("t1", redacting.Apply(SampleEvents.Outcome).TenantId);
        Assert.Null(redacting.Apply(SampleEvents.Exposure with { SubjectId = null }).SubjectId);
    }

    [Fact]
    public void A_tenant_leaves_as_its_mode_says_in_every_event()
    {
        using var redacting = new Redacting(options => options.TenantId = RedactionMode.Placeholder);

        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Exposure).TenantId);
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Assignment).TenantId);
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Outcome).TenantId);
        Assert.Equal("[redacted]", redacting.Apply(SampleEvents.Metric).TenantId);
        Assert.Equal("u1", redacting.Apply(SampleEvents.Outcome).SubjectId);
    }

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
            options.Fields["message"] = RedactionMode.Placeholder;
        });
        var metadata = new Dictionary<string, string> { ["request-user"] = "secret", ["DROP"] = "secret", ["region"] = "eu" };

        var exposure = redacting.Apply(SampleEvents.Envelope(SampleEvents.Exposure) with { Metadata = metadata });

        Assert.Equal(new Dictionary<string, string> { ["request-user"] = "[redacted]", ["region"] = "eu" }, exposure.Metadata);
        Assert.Null(exposure.CorrelationId);
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
            redactor: new Lengths(),
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
    public void A_key_that_the_redactor_leaves_out_takes_its_value_along()
    {
        using var redacting = new Redacting(options => options.Fields["a"] = RedactionMode.Custom, redactor: new NoKeys());

        var redacted = (IReadOnlyDictionary<string, object?>)redacting.ApplyTo(new() { ["a"] = new Dictionary<string, object?> { ["key"] = "kept", ["other"] = "other value" } })["a"]!;

        Assert.Equal(["*other"], redacted.Keys);
        Assert.Equal("*other value", redacted["*other"]);
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

    [Fact]
    public void Ids_are_redacted_by_a_rule_among_the_fields_too()
    {
        using var redacting = new Redacting(options =>
        {
            options.Fields["SubjectId"] = RedactionMode.Omit;
            options.RedactFields.Add("TENANTID");
        });

        Assert.Equal((null, "[redacted]"), (redacting.Apply(SampleEvents.Outcome).SubjectId, redacting.Apply(SampleEvents.Outcome).TenantId));
        Assert.Equal((null, "[redacted]"), (redacting.Apply(SampleEvents.Assignment).SubjectId, redacting.Apply(SampleEvents.Assignment).TenantId));
    }

    [Fact]
    public void Without_any_redaction_messages_are_logged()
    {
        using var redacting = new Redacting(options => options.PersonalAttributes = RedactionMode.None);
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure) with { Payload = new UnknownEvent { ExperimentName = "exp", Timestamp = default, EventTypeName = "New", Json = "{}" } };

        Assert.False(redacting.TryApply(ref envelope));

        Assert.Equal("Events of type UnknownEvent cannot be redacted.", Assert.Single(redacting.Logger.Collector.GetSnapshot()).Exception!.Message);
    }

    [Fact]
    public void A_redactor_that_fails_again_after_it_has_worked_for_a_while_is_logged_again()
    {
        var redactor = new Lengths();
        using var redacting = new Redacting(options => options.Fields["a"] = RedactionMode.Custom, redactor: redactor);

        redactor.Failure = new InvalidOperationException();
        redacting.ApplyTo(new() { ["a"] = "x" });
        redactor.Failure = null;
        redacting.ApplyTo(new() { ["a"] = "x" });
        redacting.Time.Advance(TimeSpan.FromMinutes(2));
        redactor.Failure = new InvalidOperationException();
        redacting.ApplyTo(new() { ["a"] = "x" });

        Assert.Equal(2, redacting.Logger.Collector.Count);
    }

    [Fact]
    public void A_mode_that_does_not_exist_lets_nothing_out()
    {
        using var redacting = new Redacting(options => options.SubjectId = (RedactionMode)99);
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure);

        Assert.False(redacting.TryApply(ref envelope));
    }

    [Fact]
    public void An_event_of_a_type_without_redaction_lets_nothing_out()
    {
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Omit);
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure) with
        {
            Payload = new UnknownEvent { ExperimentName = "exp", Timestamp = default, EventTypeName = "New", Json = """{"subjectId":"u1"}""" },
        };

        Assert.False(redacting.TryApply(ref envelope));
    }

    [Fact]
    public void A_redactor_of_ones_own_sees_field_and_text_and_where_it_throws_the_placeholder_stands()
    {
        var redactor = new Lengths();
        using var redacting = new Redacting(options => options.Fields["a"] = RedactionMode.Custom, redactor: redactor);

        Assert.Equal("a:4", redacting.ApplyTo(new() { ["a"] = "four" })["a"]);
        Assert.Equal("a:3", redacting.ApplyTo(new() { ["a"] = 2.5m })["a"]);
        redactor.Failure = new InvalidOperationException("secret-value");

        Assert.Equal("[redacted]", redacting.ApplyTo(new() { ["a"] = "four" })["a"]);
        Assert.Equal("[redacted]", redacting.ApplyTo(new() { ["a"] = "four" })["a"]);
        Assert.DoesNotContain("secret-value", Assert.Single(redacting.Logger.Collector.GetSnapshot()).Exception!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_events_cannot_carry_are_replaced_before_they_leave_and_counted()
    {
        using var redacting = new Redacting(_ => { });

        var redacted = redacting.ApplyTo(new() { ["object"] = new object(), ["number"] = 7, ["nested"] = new Dictionary<string, object> { ["x"] = new object() } });

        Assert.Equal("Object", redacted["object"]);
        Assert.Equal(7L, redacted["number"]);
        Assert.Equal(2, redacting.Replaced.Total);
    }

    [Fact]
    public void An_event_that_cannot_be_read_does_not_leave()
    {
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Omit);
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure) with { Metadata = new Unreadable() };

        Assert.False(redacting.TryApply(ref envelope));

        var record = Assert.Single(redacting.Logger.Collector.GetSnapshot());
        Assert.DoesNotContain("secret-value", record.Exception!.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(NotSupportedException), record.Exception.Message, StringComparison.Ordinal);
    }

    private sealed class Lengths : IExposureRedactor
    {
        public Exception? Failure { get; set; }

        public string? Redact(string field, string value) => Failure is null ? $"{field}:{value.Length}" : throw Failure;
    }

    private sealed class NoKeys : IExposureRedactor
    {
        public string? Redact(string field, string value) => value == "key" ? null : "*" + value;
    }

    private sealed class Unreadable : IReadOnlyDictionary<string, string>
    {
        public IEnumerable<string> Keys => throw new NotSupportedException("secret-value");

        public IEnumerable<string> Values => throw new NotSupportedException("secret-value");

        public int Count => 1;

        public string this[string key] => throw new NotSupportedException("secret-value");

        public bool ContainsKey(string key) => throw new NotSupportedException("secret-value");

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => throw new NotSupportedException("secret-value");

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => throw new NotSupportedException("secret-value");

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
