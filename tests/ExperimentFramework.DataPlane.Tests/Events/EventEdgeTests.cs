using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>What events may hold, exactly at the bounds.</summary>
public sealed class EventEdgeTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "ab…")]
    [InlineData("\U0001F600x", 2, "…")]
    [InlineData("a\U0001F600x", 3, "a…")]
    [InlineData("\U0001F600xy", 3, "\U0001F600…")]
    [InlineData("ab", 1, "…")]
    public void Text_is_cut_between_characters_and_never_within_one(string text, int maxLength, string kept) =>
        Assert.Equal(kept, Truncation.Truncate(text, maxLength));

    [Fact]
    public void Names_of_metadata_that_become_one_in_json_are_written_once()
    {
        var envelope = SampleEvents.Envelope(SampleEvents.Error) with
        {
            Metadata = new Dictionary<string, string> { ["\uD800"] = "first", ["\uFFFD"] = "second", ["other"] = "third" },
        };

        var json = DataPlaneJson.Serialize(envelope);

        Assert.Equal(1, json.Split("\uFFFD").Length - 1);
        Assert.Equal(
            new Dictionary<string, string> { ["\uFFFD"] = "second", ["other"] = "third" },
            DataPlaneJson.Deserialize(json).Metadata);
    }

    [Theory]
    [InlineData(16, 1_024)]
    [InlineData(2_000, 2_000)]
    public void An_event_by_hand_keeps_a_thousand_attributes_or_as_many_as_a_value_may_be_long(int maxLength, int kept)
    {
        var attributes = Enumerable.Range(0, 3_000).ToDictionary(number => FormattableString.Invariant($"a{number}"), object? (number) => (long)number);

        var captured = (ExposureEvent)PublishedEvent.Capture(SampleEvents.Exposure with { Attributes = attributes }, maxLength);

        Assert.Equal(kept, captured.Attributes!.Count);
    }

    [Fact]
    public void Values_nest_sixteen_deep_and_what_is_deeper_is_replaced_by_its_type()
    {
        var conversion = new AttributeConversion(1_000);
        var value = conversion.Convert(Nested(17));
        for (var depth = 0; depth < 16; depth++)
        {
            value = Assert.IsType<Dictionary<string, object?>>(value)["in"];
        }

        Assert.Equal("Dictionary`2", value);
        Assert.Equal(1, conversion.Replaced);

        var shallow = new AttributeConversion(1_000);
        shallow.Convert(Nested(16));
        Assert.Equal(0, shallow.Replaced);
    }

    [Fact]
    public void A_writer_counts_the_values_that_it_replaced_in_all_its_events()
    {
        using var writer = new DataPlaneJsonWriter();
        var envelope = SampleEvents.Envelope(SampleEvents.Exposure with { Attributes = new Dictionary<string, object?> { ["a"] = new object(), ["b"] = new object() } });

        var first = System.Text.Encoding.UTF8.GetString(writer.Write(envelope).Span);
        var second = System.Text.Encoding.UTF8.GetString(writer.Write(envelope).Span);

        Assert.Equal(first, second);
        Assert.Equal(4, writer.ReplacedValues);
    }

    [Fact]
    public void Items_of_different_types_are_texts_whichever_comes_first()
    {
        Assert.Equal(["1", "a"], Assert.IsType<string?[]>(AttributeValues.ArrayOf([1L, "a"])));
        Assert.Equal(["a", "1"], Assert.IsType<string?[]>(AttributeValues.ArrayOf(["a", 1L])));
        Assert.Equal(["1", null, "true"], Assert.IsType<string?[]>(AttributeValues.ArrayOf([1L, null, true])));
        Assert.Equal([1L, null], Assert.IsType<long?[]>(AttributeValues.ArrayOf([1L, null])));
    }

    private static object Nested(int depth)
    {
        object value = 1L;
        for (var i = 0; i < depth; i++)
        {
            value = new Dictionary<string, object?> { ["in"] = value };
        }

        return value;
    }
}
