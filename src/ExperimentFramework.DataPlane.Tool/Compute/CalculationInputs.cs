using System.Globalization;
using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Reads the inputs of a calculation. Numbers may also be given as text: decimals, and fractions such as 1/3.</summary>
internal readonly struct CalculationInputs(JsonElement json, string path = "")
{
    /// <summary>Whether an input is there and not null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public double Number(string name) => NumberOf(Required(name), path + name);

    public double Number(string name, double missing) => Has(name) ? Number(name) : missing;

    public int Integer(string name)
    {
        var value = Number(name);
        return value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue
            ? (int)value
            : throw new CalculationInputException($"{path}{name} must be an integer; it is {Raw(Required(name))}.");
    }

    public int Integer(string name, int missing) => Has(name) ? Integer(name) : missing;

    public string Text(string name)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new CalculationInputException($"{path}{name} must be a text; it is {Raw(value)}.");
    }

    public double[] Numbers(string name) => Each(name, NumberOf);

    public long[] Counts(string name) => Each(name, CountOf);

    /// <summary>An array of arrays of counts.</summary>
    public long[][] CountLists(string name) =>
        Each<long[]>(name, static (value, place) => [.. Items(value, place).Select((item, index) => CountOf(item, $"{place}[{index}]"))]);

    public CalculationInputs Object(string name)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.Object
            ? new CalculationInputs(value, $"{path}{name}.")
            : throw new CalculationInputException($"{path}{name} must be an object; it is {Raw(value)}.");
    }

    public CalculationInputs[] Objects(string name) =>
        Each(name, static (value, place) => value.ValueKind == JsonValueKind.Object
            ? new CalculationInputs(value, place + ".")
            : throw new CalculationInputException($"{place} must be an object; it is {Raw(value)}."));

    /// <summary>The planned split: <c>weightsExact</c>, or <c>weights</c>; numbers in JSON are the decimals that they are written as.</summary>
    public Allocation Weights()
    {
        var name = Has("weightsExact") ? "weightsExact" : "weights";
        var texts = Each(name, static (value, place) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => throw new CalculationInputException($"{place} must be a number; it is {Raw(value)}."),
        });
        return Allocation.Parse(texts);
    }

    public string[] Texts(string name) =>
        Each(name, static (value, place) => value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new CalculationInputException($"{place} must be a text; it is {Raw(value)}."));

    /// <summary>A time: a number, or text in ISO 8601, which becomes seconds since 1970.</summary>
    public double Time(string name)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (time - DateTimeOffset.UnixEpoch).TotalSeconds
            : NumberOf(value, path + name);
    }

    private JsonElement Required(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : throw new CalculationInputException($"{path}{name} is missing.");

    private T[] Each<T>(string name, Func<JsonElement, string, T> read)
    {
        var place = path + name;
        return [.. Items(Required(name), place).Select((item, index) => read(item, $"{place}[{index}]"))];
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw new CalculationInputException($"{place} must be an array; it is {Raw(value)}.");

    private static double NumberOf(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        if (value.ValueKind == JsonValueKind.String && TryParse(value.GetString()!, out number))
        {
            return number;
        }

        throw new CalculationInputException($"{place} must be a finite number; it is {Raw(value)}.");
    }

    private static long CountOf(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var exact))
        {
            return exact >= 0 ? exact : throw new CalculationInputException($"{place} must be at least 0; it is {Raw(value)}.");
        }

        var number = NumberOf(value, place);
        return number >= 0 && number <= 9e15 && number == Math.Floor(number)
            ? (long)number
            : throw new CalculationInputException($"{place} must be an integer from 0 to 9e15; it is {Raw(value)}.");
    }

    private static bool TryParse(string text, out double number)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        }

        number = 0;
        return double.TryParse(text.AsSpan(0, slash), NumberStyles.Float, CultureInfo.InvariantCulture, out var above)
            && double.TryParse(text.AsSpan(slash + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var below)
            && double.IsFinite(number = above / below);
    }

    private static string Raw(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.Length <= 40 ? raw : raw[..40] + "…";
    }
}

/// <summary>An input that is missing or wrong; the message names it.</summary>
internal sealed class CalculationInputException(string message) : Exception(message);
