namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>An attribute that has its own column, in addition to its entry in the map. Values of another type than the column's are null in it.</summary>
/// <param name="name">The attribute's name.</param>
/// <param name="column">The column.</param>
/// <param name="add">Adds a value to the column.</param>
internal sealed class PromotedAttribute(string name, Column column, Action<object?> add)
{
    public string Name => name;

    public Column Column => column;

    public static PromotedAttribute Create(string name, ParquetAttributeType type)
    {
        var columnName = AttributeColumnNames.Of(name);
        var meaning = $"The attribute {name}; null if it is absent, or of another type.";
        switch (type)
        {
            case ParquetAttributeType.WholeNumber:
                var integers = new ValueColumn<long>(columnName, meaning, ValueType.Integer, isOptional: true);
                return new PromotedAttribute(name, integers, value => integers.Add(value as long?));
            case ParquetAttributeType.Number:
                var numbers = new ValueColumn<double>(columnName, meaning, ValueType.Number, isOptional: true);
                return new PromotedAttribute(name, numbers, value => numbers.Add(Number(value)));
            case ParquetAttributeType.Boolean:
                var booleans = new ValueColumn<bool>(columnName, meaning, ValueType.Boolean, isOptional: true);
                return new PromotedAttribute(name, booleans, value => booleans.Add(value as bool?));
            case ParquetAttributeType.Time:
                var times = new ValueColumn<long>(columnName, meaning, ValueType.Time, isOptional: true);
                return new PromotedAttribute(name, times, value => times.Add(value is DateTimeOffset time ? Microseconds.Of(time, out _) : null));
            default:
                var texts = new TextColumn(columnName, meaning, isOptional: true);
                return new PromotedAttribute(name, texts, value => texts.Add(AttributeValues.IsScalar(value) && value is not null ? AttributeValues.Text(value) : null));
        }
    }

    public void Add(object? value) => add(value);

    private static double? Number(object? value) => value switch
    {
        double number => number,
        long number => number,
        decimal number => (double)number,
        _ => null,
    };
}
