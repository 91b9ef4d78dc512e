namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>When a store is left alone, and when it is tried again. Times are milliseconds.</summary>
public sealed class BreakerStateTests
{
    private readonly BreakerState _breaker = new(frequency: 1_000);
    private long _now = 1_000_000;

    [Fact]
    public void Four_time_outs_in_a_row_are_borne_and_the_fifth_opens_it()
    {
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(BreakerState.Change.None, TimeOut());
            Assert.True(_breaker.TryEnter(_now));
        }

        Assert.Equal(BreakerState.Change.Opened, TimeOut());
        Assert.True(_breaker.IsOpen);
        Assert.False(_breaker.TryEnter(_now));
    }

    [Fact]
    public void An_answer_begins_the_row_anew()
    {
        for (var i = 0; i < 4; i++)
        {
            TimeOut();
        }

        AnswerMany(10);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(BreakerState.Change.None, TimeOut());
        }

        Assert.Equal(BreakerState.Change.Opened, TimeOut());
    }

    [Fact]
    public void A_fault_of_one_subject_is_an_answer_too_and_begins_the_row_anew()
    {
        for (var i = 0; i < 4; i++)
        {
            TimeOut();
        }

        _breaker.OnFailed(StoreFault.Subject, Key("u"), _now, _now);

        // So much later that the share of time-outs begins anew, too.
        _now += 60_000;
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(BreakerState.Change.None, TimeOut());
        }

        Assert.Equal(BreakerState.Change.Opened, TimeOut());
    }

    [Fact]
    public void Time_outs_of_questions_that_were_under_way_together_count_once()
    {
        for (var silence = 0; silence < 4; silence++)
        {
            var askedAt = _now;
            _now += 50;
            for (var client = 0; client < 100; client++)
            {
                Assert.Equal(BreakerState.Change.None, _breaker.OnFailed(StoreFault.Timeout, Key("u"), askedAt, _now));
            }
        }

        Assert.Equal(BreakerState.Change.Opened, TimeOut());
    }

    [Fact]
    public void Half_of_the_questions_timing_out_opens_it_although_answers_come_between()
    {
        var changes = new List<BreakerState.Change>();
        for (var i = 0; i < 5; i++)
        {
            AnswerMany(1);
            changes.Add(TimeOut());
        }

        Assert.Equal(Enumerable.Repeat(BreakerState.Change.None, 4).Append(BreakerState.Change.Opened), changes);
    }

    [Fact]
    public void Less_than_half_of_them_does_not()
    {
        for (var i = 0; i < 50; i++)
        {
            AnswerMany(2);
            Assert.Equal(BreakerState.Change.None, TimeOut());
        }
    }

    [Fact]
    public void Time_outs_of_a_window_that_is_over_are_forgotten()
    {
        for (var i = 0; i < 4; i++)
        {
            AnswerMany(1);
            TimeOut();
        }

        AnswerMany(1);
        _now += 10_000;
        Assert.Equal(BreakerState.Change.None, TimeOut());
    }

    [Fact]
    public void A_store_that_says_that_it_cannot_be_used_is_left_alone_at_once() =>
        Assert.Equal(BreakerState.Change.Opened, _breaker.OnFailed(StoreFault.Unreachable, Key("u"), _now, _now));

    [Fact]
    public void Faults_of_one_subject_never_open_it()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(BreakerState.Change.None, _breaker.OnFailed(StoreFault.Subject, Key($"u{i % 19}"), _now, _now));
        }
    }

    [Fact]
    public void Faults_of_twenty_subjects_and_no_answer_in_between_do()
    {
        for (var i = 0; i < 19; i++)
        {
            Assert.Equal(BreakerState.Change.None, _breaker.OnFailed(StoreFault.Subject, Key($"u{i}"), _now, _now));
        }

        Assert.Equal(BreakerState.Change.Opened, _breaker.OnFailed(StoreFault.Subject, Key("u19"), _now, _now));
        _now += 100;
        Assert.True(_breaker.TryEnter(_now));
        Assert.Equal(BreakerState.Change.None, _breaker.OnFailed(StoreFault.Subject, Key("u19"), _now, _now));
        Assert.True(_breaker.IsOpen);
    }

    [Fact]
    public void An_answer_among_faults_of_subjects_begins_their_row_anew()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(BreakerState.Change.None, _breaker.OnFailed(StoreFault.Subject, Key($"u{i}"), _now, _now));
            if (i % 19 == 18)
            {
                AnswerMany(1);
            }
        }
    }

    [Fact]
    public void A_fault_of_a_subject_ends_a_silence()
    {
        for (var i = 0; i < 4; i++)
        {
            TimeOut();
        }

        _breaker.OnFailed(StoreFault.Subject, Key("u"), _now, _now);
        AnswerMany(20);
        Assert.Equal(BreakerState.Change.None, TimeOut());

        Open();
        Assert.Equal(BreakerState.Change.Closed, _breaker.OnFailed(StoreFault.Subject, Key("u"), _now, _now));
        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void It_is_tried_by_one_caller_after_a_tenth_of_a_second_and_then_ever_later_up_to_a_second()
    {
        Open();
        foreach (var wait in new[] { 100, 200, 400, 800, 1_000, 1_000 })
        {
            _now += wait - 1;
            Assert.False(_breaker.CanEnter(_now));
            Assert.False(_breaker.TryEnter(_now));
            _now++;
            Assert.True(_breaker.CanEnter(_now));
            Assert.True(_breaker.TryEnter(_now));
            Assert.False(_breaker.TryEnter(_now));
            Assert.False(_breaker.CanEnter(_now));
            Assert.Equal(BreakerState.Change.None, _breaker.OnFailed(StoreFault.Timeout, Key("u"), _now, _now));
        }
    }

    [Fact]
    public void What_was_under_way_when_it_opened_does_not_put_off_the_next_try()
    {
        var askedAt = _now;
        _now += 50;
        Open();
        for (var i = 0; i < 100; i++)
        {
            _breaker.OnFailed(StoreFault.Timeout, Key("u"), askedAt, _now);
        }

        Assert.True(_breaker.TryEnter(_now + 100));
    }

    [Fact]
    public void An_answer_closes_it_and_the_next_outage_is_tried_early_again()
    {
        Open();
        for (var i = 0; i < 5; i++)
        {
            _now += 1_000;
            Assert.True(_breaker.TryEnter(_now));
            _breaker.OnFailed(StoreFault.Unreachable, Key("u"), _now, _now);
        }

        Assert.Equal(BreakerState.Change.Closed, _breaker.OnAnswered(_now));
        Assert.Equal(BreakerState.Change.None, _breaker.OnAnswered(_now));
        Assert.True(_breaker.TryEnter(_now));
        Open();
        Assert.True(_breaker.TryEnter(_now + 100));
    }

    [Fact]
    public void Time_outs_before_an_outage_do_not_count_after_it()
    {
        for (var i = 0; i < 5; i++)
        {
            TimeOut();
        }

        _breaker.OnAnswered(_now);
        Assert.Equal(BreakerState.Change.None, TimeOut());
    }

    private void Open() => Assert.Equal(BreakerState.Change.Opened, _breaker.OnFailed(StoreFault.Unreachable, Key("u"), _now, _now));

    private void AnswerMany(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(BreakerState.Change.None, _breaker.OnAnswered(_now));
        }
    }

    private BreakerState.Change TimeOut()
    {
        var askedAt = _now;
        _now += 50;
        return _breaker.OnFailed(StoreFault.Timeout, Key("u"), askedAt, _now);
    }

    private static AssignmentKey Key(string subject) => new("e", subject);
}
