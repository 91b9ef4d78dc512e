namespace ExperimentFramework.DataPlane;

/// <summary>The attributes of one call. The array is the call's own, and what it has too much is empty.</summary>
internal static class AttributeSlots
{
    private const int FirstSize = 2;

    public static void Add<T>(ref AttributeSlot[]? slots, ref int count, string name, T value, int maxLength)
    {
        if (slots is null)
        {
            slots = new AttributeSlot[FirstSize];
        }
        else if (count == slots.Length)
        {
            Array.Resize(ref slots, count * 2);
        }

        slots[count++] = AttributeSlot.Of(name, value, maxLength);
    }

    /// <summary>The attributes as events carry them; of two with one name the later.</summary>
    public static Dictionary<string, object?>? ToDictionary(AttributeSlot[]? slots)
    {
        if (slots is null)
        {
            return null;
        }

        var attributes = new Dictionary<string, object?>(slots.Length, StringComparer.Ordinal);
        foreach (var slot in slots)
        {
            if (slot.Name is not null)
            {
                attributes[slot.Name] = slot.Value;
            }
        }

        return attributes;
    }
}
