using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Privacy;

public sealed class PseudonymTests
{
    private static readonly byte[] KeyBytes = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    /// <summary>Computed by another program (Python's hmac), so that every process, on every host, gives these.</summary>
    [Theory]
    [InlineData("subject", "user-1", "f2202992b43dd8f12290712ade80d208")]
    [InlineData("tenant", "user-1", "a8b5651fd2080715d90934f62aa70059")]
    [InlineData("field/email", "user-1", "32034e7919b99ee8aa52ba722372a3d0")]
    [InlineData("subject", "ü漢😀", "531587f233ca80b82530e44155c9d9f8")]
    public void A_pseudonym_is_the_same_in_every_process(string domain, string value, string expected)
    {
        using var pseudonyms = new Pseudonyms(new PseudonymKey("1", KeyBytes));

        Assert.Equal(expected, pseudonyms.Of(domain, value));
        Assert.Equal(expected, pseudonyms.Of(domain, value));
    }

    [Fact]
    public void Another_key_gives_other_pseudonyms()
    {
        using var pseudonyms = new Pseudonyms(new PseudonymKey("2", [.. KeyBytes.Select(value => (byte)(value + 1))]));

        Assert.Equal("d3e0b8844a040f2d81566c85b332e5f0", pseudonyms.Of("subject", "user-1"));
    }

    [Fact]
    public void A_million_subjects_have_a_million_pseudonyms()
    {
        using var pseudonyms = new Pseudonyms(new PseudonymKey("1", KeyBytes));
        var seen = new HashSet<string>(1_000_000, StringComparer.Ordinal);

        for (var i = 0; i < 1_000_000; i++)
        {
            seen.Add(pseudonyms.Of("subject", $"user-{i}"));
        }

        Assert.Equal(1_000_000, seen.Count);
    }

    [Fact]
    public void Many_threads_get_the_right_ones()
    {
        using var pseudonyms = new Pseudonyms(new PseudonymKey("1", KeyBytes));
        using var alone = new Pseudonyms(new PseudonymKey("1", KeyBytes));
        var expected = Enumerable.Range(0, 50_000).Select(i => alone.Of("subject", $"user-{i}")).ToArray();

        Parallel.For(0, 200_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(expected[i % 50_000], pseudonyms.Of("subject", $"user-{i % 50_000}")));
    }

    [Fact]
    public void A_subject_is_joined_across_experiments_types_and_events_and_the_key_is_named()
    {
        using var redacting = new Redacting(options =>
        {
            options.SubjectId = RedactionMode.Pseudonym;
            options.TenantId = RedactionMode.Pseudonym;
            options.PseudonymKey = Redacting.Key;
            options.PseudonymKeyId = "2026-03";
        });

        var envelope = redacting.Apply(SampleEvents.Envelope(SampleEvents.Exposure with { SubjectId = "user-1", TenantId = "user-1" }));
        var other = redacting.Apply(SampleEvents.Exposure with { ExperimentName = "other", SubjectId = "user-1", SubjectType = null, TenantId = null });
        var outcome = redacting.Apply(SampleEvents.Outcome with { SubjectId = "user-1" });
        var metric = redacting.Apply(SampleEvents.Metric with { SubjectId = "user-1", TenantId = "user-1" });

        var exposure = (ExposureEvent)envelope.Payload;
        Assert.Equal("f2202992b43dd8f12290712ade80d208", exposure.SubjectId);
        Assert.Equal("a8b5651fd2080715d90934f62aa70059", exposure.TenantId);
        Assert.Equal(exposure.SubjectId, other.SubjectId);
        Assert.Equal(exposure.SubjectId, outcome.SubjectId);
        Assert.Equal((exposure.SubjectId, exposure.TenantId), (metric.SubjectId, metric.TenantId));
        Assert.Equal(new Dictionary<string, string> { ["key"] = "value", ["pseudonymKeyId"] = "2026-03" }, envelope.Metadata);
    }

    [Fact]
    public void A_rotated_key_is_taken_up_and_a_provider_that_fails_leaves_the_last_one_in_force()
    {
        var keys = new Keys(new PseudonymKey("a", KeyBytes));
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Pseudonym, keys);

        var first = redacting.Apply(SampleEvents.Envelope(SampleEvents.Outcome) with { Metadata = null });
        keys.Key = new PseudonymKey("b", [.. KeyBytes.Reverse()]);
        var second = redacting.Apply(SampleEvents.Envelope(SampleEvents.Outcome) with { Metadata = null });
        keys.Failure = new TimeoutException("vault");
        var third = redacting.Apply(SampleEvents.Envelope(SampleEvents.Outcome) with { Metadata = null });

        Assert.Equal("a", first.Metadata!["pseudonymKeyId"]);
        Assert.Equal("b", second.Metadata!["pseudonymKeyId"]);
        Assert.NotEqual(((OutcomeEvent)first.Payload).SubjectId, ((OutcomeEvent)second.Payload).SubjectId);
        Assert.Equal("b", third.Metadata!["pseudonymKeyId"]);
        Assert.Equal(((OutcomeEvent)second.Payload).SubjectId, ((OutcomeEvent)third.Payload).SubjectId);
        Assert.Single(redacting.Logger.Collector.GetSnapshot());
    }

    [Fact]
    public void An_equal_key_in_a_new_object_costs_what_the_same_object_does()
    {
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Pseudonym, new NewKeys([KeyBytes]));
        var envelope = SampleEvents.Envelope(SampleEvents.Outcome) with { Metadata = null };
        redacting.Apply(envelope);

        Assert.InRange(AllocatedBy(() => redacting.Apply(envelope)), 0, 1_024);
    }

    [Fact]
    public void A_provider_that_wavers_between_two_keys_costs_no_more_than_one_that_does_not()
    {
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Pseudonym, new NewKeys([KeyBytes, [.. KeyBytes.Reverse()]]));
        var envelope = SampleEvents.Envelope(SampleEvents.Outcome) with { Metadata = null };
        var first = redacting.Apply(envelope);
        var second = redacting.Apply(envelope);

        Assert.InRange(AllocatedBy(() => redacting.Apply(envelope)), 0, 1_024);

        var third = redacting.Apply(envelope);
        Assert.NotEqual(first.Metadata!["pseudonymKeyId"], second.Metadata!["pseudonymKeyId"]);
        Assert.Contains(((OutcomeEvent)third.Payload).SubjectId, new[] { ((OutcomeEvent)first.Payload).SubjectId, ((OutcomeEvent)second.Payload).SubjectId });
    }

    [Fact]
    public void Another_secret_under_the_same_id_is_another_key_and_so_is_another_id_of_the_same_secret()
    {
        var keys = new Keys(new PseudonymKey("a", KeyBytes));
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Pseudonym, keys);
        var first = redacting.Apply(SampleEvents.Outcome).SubjectId;

        keys.Key = new PseudonymKey("a", [.. KeyBytes.Reverse()]);
        var second = redacting.Apply(SampleEvents.Outcome).SubjectId;
        keys.Key = new PseudonymKey("b", KeyBytes);
        var third = redacting.Apply(SampleEvents.Envelope(SampleEvents.Outcome) with { Metadata = null });

        Assert.NotEqual(first, second);
        Assert.Equal(first, ((OutcomeEvent)third.Payload).SubjectId);
        Assert.Equal("b", third.Metadata!["pseudonymKeyId"]);
    }

    [Fact]
    public void A_provider_that_answers_no_key_leaves_the_last_one_in_force_and_is_logged_once()
    {
        var keys = new Keys(new PseudonymKey("a", KeyBytes));
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Pseudonym, keys);
        var first = redacting.Apply(SampleEvents.Outcome).SubjectId;

        keys.Key = null!;

        Assert.Equal(first, redacting.Apply(SampleEvents.Outcome).SubjectId);
        Assert.Equal(first, redacting.Apply(SampleEvents.Outcome).SubjectId);
        Assert.Contains("Key provider Keys threw; the key a remains in use", Assert.Single(redacting.Logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_fails_again_after_it_has_worked_for_a_while_is_logged_again()
    {
        var keys = new Keys(new PseudonymKey("a", KeyBytes));
        using var redacting = new Redacting(options => options.SubjectId = RedactionMode.Pseudonym, keys);

        keys.Failure = new TimeoutException("vault");
        redacting.Apply(SampleEvents.Outcome);
        keys.Failure = null;
        redacting.Apply(SampleEvents.Outcome);
        redacting.Time.Advance(TimeSpan.FromMinutes(2));
        keys.Failure = new TimeoutException("vault");
        redacting.Apply(SampleEvents.Outcome);

        Assert.Equal(2, redacting.Logger.Collector.Count);
    }

    private static long AllocatedBy(Action action)
    {
        const int rounds = 100;
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rounds; i++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
    }

    [Fact]
    public async Task A_provider_goes_before_the_key_of_the_options()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(),
            options =>
            {
                options.PiiRedaction.SubjectId = RedactionMode.Pseudonym;
                options.PiiRedaction.PseudonymKey = Redacting.Key;
            },
            services => services.AddSingleton<IPseudonymKeyProvider>(new Keys(new PseudonymKey("vault-7", [.. KeyBytes.Reverse()]))));

        fixture.Get<IGreeter>().Greet("user-1");

        Assert.NotEqual("f2202992b43dd8f12290712ade80d208", fixture.Exposures[0].SubjectId);
        Assert.Equal("vault-7", fixture.Backplane.Events[0].Metadata!["pseudonymKeyId"]);
    }

    [Fact]
    public void Without_a_key_or_a_redactor_the_start_says_what_is_missing()
    {
        Assert.Contains("there is no key", Assert.Throws<OptionsValidationException>(() => new Redacting(options => options.SubjectId = RedactionMode.Pseudonym)).Message, StringComparison.Ordinal);
        Assert.Contains("IExposureRedactor", Assert.Throws<OptionsValidationException>(() => new Redacting(options => options.Fields["a"] = RedactionMode.Custom)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PseudonymKey("1", new byte[31]));
        Assert.Throws<ArgumentException>(() => new PseudonymKey(" ", new byte[32]));
    }

    /// <summary>Answers the keys one after the other, each time in a new object.</summary>
    private sealed class NewKeys(byte[][] keys) : IPseudonymKeyProvider
    {
        private int _calls;

        public PseudonymKey GetKey()
        {
            var index = _calls++ % keys.Length;
            return new PseudonymKey($"key-{index}", keys[index]);
        }
    }

    private sealed class Keys(PseudonymKey key) : IPseudonymKeyProvider
    {
        public PseudonymKey Key { get; set; } = key;

        public Exception? Failure { get; set; }

        public PseudonymKey GetKey() => Failure is null ? Key : throw Failure;
    }
}
