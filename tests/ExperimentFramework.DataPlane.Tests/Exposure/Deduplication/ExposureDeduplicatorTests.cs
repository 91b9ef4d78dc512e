using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class ExposureDeduplicatorTests
{
    [Fact]
    public void A_subject_that_comes_back_with_another_variant_has_come_back()
    {
        var onlyNew = 0;
        var memory = new ExposureDeduplicator(2 * SubjectDiagnostics.MaxNewSubjects, new WindowTimer(new CoarseClock(new FakeTimeProvider()), TimeSpan.FromHours(1)), _ => onlyNew++);
        memory.Claim(new Subject("u0", null, null), 0, 0, memory.Now, refreshOnRepeat: true);
        memory.Claim(new Subject("u0", null, null), 1, 1, memory.Now, refreshOnRepeat: true);

        for (var i = 1; i < SubjectDiagnostics.MaxNewSubjects; i++)
        {
            memory.Claim(new Subject($"u{i}", null, null), 0, 0, memory.Now, refreshOnRepeat: true);
        }

        Assert.Equal(0, onlyNew);
    }

    [Fact]
    public void A_type_is_not_a_tenant_of_the_same_name()
    {
        var memory = Memory(10, TimeSpan.FromHours(1), new FakeTimeProvider());
        Subject[] subjects = [new("u1", "x", null), new("u1", null, "x"), new("u1", "x", "y"), new("u1", "y", "x"), new("u1", null, null)];

        Assert.All(subjects, subject => Assert.False(memory.Claim(subject, 1, 1, memory.Now, refreshOnRepeat: true).IsRepeat));
        Assert.All(subjects, subject => Assert.True(memory.Claim(subject, 1, 1, memory.Now, refreshOnRepeat: true).IsRepeat));
    }

    [Fact]
    public void It_answers_as_a_plain_dictionary_would_while_there_is_room()
    {
        var steps = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Bool).List[0, 200];
        steps.Sample(list =>
        {
            var time = new FakeTimeProvider();
            var memory = Memory(1_000, TimeSpan.FromSeconds(10), time);
            var model = new Dictionary<int, (int Variant, DateTimeOffset RecordedAt)>();
            foreach (var (subject, variant, seconds, release) in list)
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                var now = time.GetUtcNow();
                var known = model.TryGetValue(subject, out var last);
                var isFresh = known && now - last.RecordedAt < TimeSpan.FromSeconds(10);
                var claim = memory.Claim(new Subject($"s{subject}", "user", null), variant, variant, memory.Now, refreshOnRepeat: false);

                Assert.Equal(isFresh && last.Variant == variant, claim.IsRepeat);
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
        var memory = Memory(1_000, TimeSpan.FromHours(1), new FakeTimeProvider());

        for (var i = 0; i < 10_000; i++)
        {
            memory.Claim(new Subject($"s{i}", null, null), 0, 0, memory.Now, refreshOnRepeat: false);
            Assert.True(memory.Count <= 1_000);
        }

        Assert.Equal(1_000, memory.Count);
        for (var i = 9_000; i < 10_000; i++)
        {
            Assert.True(memory.Claim(new Subject($"s{i}", null, null), 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);
        }
    }

    [Fact]
    public void A_release_after_somebody_elses_claim_changes_nothing()
    {
        var memory = Memory(10, TimeSpan.FromHours(1), new FakeTimeProvider());
        var subject = new Subject("s", null, null);

        var first = memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false);
        memory.Claim(subject, 1, 1, memory.Now, refreshOnRepeat: false);
        memory.Release(first);

        Assert.True(memory.Claim(subject, 1, 1, memory.Now, refreshOnRepeat: false).IsRepeat);
    }

    [Theory]
    [InlineData(500, 500)]
    [InlineData(2_000, 1_000)]
    public void Subjects_none_of_which_returned_are_reported_once_as_many_as_can_be_remembered(int capacity, int expected)
    {
        var reports = new List<int>();
        var memory = new ExposureDeduplicator(capacity, new WindowTimer(new CoarseClock(new FakeTimeProvider()), TimeSpan.FromHours(1)), reports.Add);

        for (var i = 0; i < 3_000; i++)
        {
            memory.Claim(new Subject($"s{i}", null, null), 0, 0, memory.Now, refreshOnRepeat: false);
        }

        Assert.Equal([expected], reports);
    }

    [Fact]
    public void A_release_after_the_same_was_claimed_again_changes_nothing()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(10, TimeSpan.FromHours(24), time);
        var subject = new Subject("s", null, null);

        var first = memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false);
        time.Advance(TimeSpan.FromHours(25));
        Assert.False(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);
        memory.Release(first);

        Assert.True(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);
    }

    [Fact]
    public void A_repeat_that_is_released_leaves_the_window_where_it_was()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(10, TimeSpan.FromHours(24), time);
        var subject = new Subject("s", null, null);

        memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: true);
        time.Advance(TimeSpan.FromHours(23));
        var repeat = memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: true);
        memory.Release(repeat);
        time.Advance(TimeSpan.FromHours(2));

        Assert.True(repeat.IsRepeat);
        Assert.False(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: true).IsRepeat);
    }

    [Fact]
    public void A_change_that_is_released_leaves_variant_and_window_as_they_were()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(10, TimeSpan.FromHours(24), time);
        var subject = new Subject("s", null, null);

        memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false);
        time.Advance(TimeSpan.FromHours(23));
        memory.Release(memory.Claim(subject, 1, 1, memory.Now, refreshOnRepeat: false));
        Assert.True(memory.IsRepeat(subject, 0, 0));
        time.Advance(TimeSpan.FromHours(2));

        Assert.False(memory.IsRepeat(subject, 0, 0));
    }

    [Fact]
    public void What_was_claimed_before_the_window_is_not_what_was_assigned_before()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(10, TimeSpan.FromHours(24), time);
        var subject = new Subject("s", null, null);
        memory.Claim(subject, 1, 0, memory.Now, refreshOnRepeat: false);

        Assert.Equal(1, memory.Claim(subject, 2, 0, memory.Now, refreshOnRepeat: false).AssignedBefore);
        time.Advance(TimeSpan.FromHours(24));

        Assert.Null(memory.Claim(subject, 1, 0, memory.Now, refreshOnRepeat: false).AssignedBefore);
    }

    [Fact]
    public void A_repeat_of_an_earlier_moment_that_is_recorded_later_does_not_shorten_the_window()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(10, TimeSpan.FromHours(24), time);
        var subject = new Subject("s", null, null);
        var earlier = memory.Now;
        time.Advance(TimeSpan.FromHours(2));

        memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: true);
        Assert.True(memory.Claim(subject, 0, 0, earlier, refreshOnRepeat: true).IsRepeat);
        time.Advance(TimeSpan.FromHours(23));

        Assert.True(memory.IsRepeat(subject, 0, 0));
    }

    [Fact]
    public void A_repeat_that_is_not_recorded_leaves_the_window_where_it_was()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(10, TimeSpan.FromHours(24), time);
        var subject = new Subject("s", null, null);
        memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false);

        time.Advance(TimeSpan.FromHours(23));
        Assert.True(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);
        time.Advance(TimeSpan.FromHours(1));

        Assert.False(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);
    }

    [Fact]
    public void A_repeat_that_is_recorded_starts_the_window_anew_and_is_the_youngest()
    {
        var time = new FakeTimeProvider();
        var memory = Memory(2, TimeSpan.FromHours(24), time);
        DeduplicationClaim Claim(string subject) => memory.Claim(new Subject(subject, null, null), 0, 0, memory.Now, refreshOnRepeat: true);

        Claim("u1");
        time.Advance(TimeSpan.FromHours(23));
        Assert.True(Claim("u1").IsRepeat);
        time.Advance(TimeSpan.FromHours(2));
        Assert.True(Claim("u1").IsRepeat);

        Claim("u2");
        time.Advance(TimeSpan.FromSeconds(1));
        Claim("u1");
        Claim("u3");
        Assert.True(Claim("u1").IsRepeat);
    }

    [Fact]
    public void The_window_is_measured_on_the_monotonic_clock()
    {
        var time = new SetBackClock();
        var memory = Memory(10, TimeSpan.FromMinutes(1), time);
        var subject = new Subject("s", null, null);
        memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false);

        time.WallClock = time.WallClock.AddDays(1);
        Assert.True(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);

        time.Monotonic += TimeSpan.FromMinutes(2).Ticks;
        Assert.False(memory.Claim(subject, 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat);
    }

    [Fact]
    public void Two_memories_hash_the_same_subject_differently()
    {
        var subject = new Subject("s", null, null);

        Assert.NotEqual(
            Memory(10, TimeSpan.FromMinutes(1), TimeProvider.System).Claim(subject, 0, 0, now: 0, refreshOnRepeat: false).Key,
            Memory(10, TimeSpan.FromMinutes(1), TimeProvider.System).Claim(subject, 0, 0, now: 0, refreshOnRepeat: false).Key);
    }

    [Fact]
    public void Of_many_threads_exactly_one_claims_each_subject()
    {
        const int Threads = 8;
        const int Subjects = 20_000;
        var memory = Memory(Subjects, TimeSpan.FromHours(1), TimeProvider.System);
        var claimed = new int[Subjects];
        using var round = new Barrier(Threads);

        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Subjects; i++)
            {
                if (i % 500 == 0)
                {
                    round.SignalAndWait();
                }

                if (!memory.Claim(new Subject($"s{i}", null, null), 0, 0, memory.Now, refreshOnRepeat: false).IsRepeat)
                {
                    Interlocked.Increment(ref claimed[i]);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(claimed, count => Assert.Equal(1, count));
        Assert.Equal(Subjects, memory.Count);
    }

    [Fact]
    public void What_is_found_without_the_lock_is_never_half_another_subjects_entry()
    {
        // One place for two subjects that take turns, each recorded with its own variant only.
        var memory = Memory(1, TimeSpan.FromHours(1), TimeProvider.System);
        Subject[] subjects = [new("s0", null, null), new("s1", null, null)];
        var right = 0;
        var wrong = 0;
        var isDone = false;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                for (var own = 0; own < subjects.Length; own++)
                {
                    right += memory.IsRepeat(subjects[own], own, own) ? 1 : 0;
                    wrong += memory.IsRepeat(subjects[own], 1 - own, 1 - own) ? 1 : 0;
                }
            }
        });
        reader.Start();
        for (var turn = 0; turn < 2_000_000; turn++)
        {
            memory.Claim(subjects[turn & 1], turn & 1, turn & 1, memory.Now, refreshOnRepeat: false);
        }

        Volatile.Write(ref isDone, true);
        reader.Join();

        Assert.Equal(0, wrong);
        Assert.NotEqual(0, right);
    }

    private static ExposureDeduplicator Memory(int capacity, TimeSpan window, TimeProvider time) => new(capacity, new WindowTimer(new CoarseClock(time), window));

    private sealed class SetBackClock : TimeProvider
    {
        public DateTimeOffset WallClock { get; set; } = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

        public long Monotonic { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => WallClock;

        public override long GetTimestamp() => Monotonic;
    }
}
