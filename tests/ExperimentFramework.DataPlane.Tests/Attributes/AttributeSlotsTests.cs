namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class AttributeSlotsTests
{
    [Fact]
    public void Of_two_attributes_with_one_name_the_later_counts_and_empty_places_are_left_out()
    {
        AttributeSlot[]? slots = null;
        var count = 0;
        AttributeSlots.Add(ref slots, ref count, "country", "FR", 10);
        AttributeSlots.Add(ref slots, ref count, "age", 44, 10);
        AttributeSlots.Add(ref slots, ref count, "country", "DE", 10);

        Assert.Equal(4, slots!.Length);
        Assert.Equal(new Dictionary<string, object?> { ["country"] = "DE", ["age"] = 44L }, AttributeSlots.ToDictionary(slots));
        Assert.Null(AttributeSlots.ToDictionary(null));
    }

    [Fact]
    public void Numbers_and_Booleans_keep_their_values()
    {
        Assert.Equal(
            [true, false, 1L, -2L, 0.5, -0.25],
            [Of(true), Of(false), Of(1), Of(-2L), Of(0.5), Of(-0.25f)]);

        static object? Of<T>(T value) => AttributeSlot.Of("name", value, 10).Value;
    }
}
