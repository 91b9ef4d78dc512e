using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

/// <summary>Ids leave as their mode says, and what cannot be redacted does not leave.</summary>
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
            redactor: new LengthRedactor());
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
