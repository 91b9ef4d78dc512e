using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class RepeatMemoryTests
{
    [Fact]
    public void It_answers_as_a_plain_dictionary_would_while_there_is_room()
    {
        var steps = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Bool).List[0, 200];
        steps.Sample(list =>
        {
            var time = new FakeTimeProvider();
            var memory = new RepeatMemory(1_000, TimeSpan.FromSeconds(10), time);
            var model = new Dictionary<int, (int Variant, DateTimeOffset ToldAt)>();
            foreach (var (subject, variant, seconds, release) in list)
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                var now = time.GetUtcNow();
                var known = model.TryGetValue(subject, out var told);
                var isFresh = known && now - told.ToldAt < TimeSpan.FromSeconds(10);
                var claim = memory.Claim(new Subject($"s{subject}", "user", null), variant, variant);

                Assert.Equal(isFresh && told.Variant == variant, claim.IsRepeat);
                if (claim.IsRepeat)
                {
                    continue;
                }

                if (release)
                {
                    memory.Release(claim);
                    if (!isFresh)
                    {
                        model.Remove(subject);
                    }
                }
                else
                {
                    model[subject] = (variant, now);
                }
            }
        });
    }

    [Fact]
    public void It_never_holds_more_than_its_capacity()
    {
        var memory = new RepeatMemory(1_000, TimeSpan.FromHours(1), new FakeTimeProvider());

        for (var i = 0; i < 10_000; i++)
        {
            memory.Claim(new Subject($"s{i}", null, null), 0, 0);
            Assert.True(memory.Count <= 1_000);
        }

        Assert.Equal(1_000, memory.Count);
        for (var i = 9_000; i < 10_000; i++)
        {
            Assert.True(memory.Claim(new Subject($"s{i}", null, null), 0, 0).IsRepeat);
        }
    }

    [Fact]
    public void A_release_after_somebody_elses_claim_changes_nothing()
    {
        var memory = new RepeatMemory(10, TimeSpan.FromHours(1), new FakeTimeProvider());
        var subject = new Subject("s", null, null);

        var first = memory.Claim(subject, 0, 0);
        memory.Claim(subject, 1, 1);
        memory.Release(first);

        Assert.True(memory.Claim(subject, 1, 1).IsRepeat);
    }
}
