namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="ExposureEvent"/>s.</summary>
internal sealed class ExposureTable(IReadOnlyDictionary<string, ParquetAttributeType> attributeColumns) : RowPerEvent<ExposureEvent>("exposures")
{
    private readonly TextColumn _variant = new("variant", "The variant that served the call.");
    private readonly TextColumn _assignedVariant = new("assigned_variant", "The assigned variant, if another one served the call.", isOptional: true);
    private readonly TextColumn _arm = new("arm", "The variant to count by: the assigned variant.");
    private readonly SubjectColumns _subject = new();
    private readonly TextColumn _selectionReason = new("selection_reason", "Why this variant was selected.");
    private readonly TextColumn _rulePath = new("rule_path", "The location of the rule that matched.", isOptional: true);
    private readonly EnumColumn<AssignmentPolicy> _assignmentPolicy = new("assignment_policy", "assignmentPolicy", "The assignment policy in effect.");
    private readonly TextColumn _allocationVersion = new("allocation_version", "The version of the weights that the assignment came from.", isOptional: true);
    private readonly ValueColumn<bool> _isRepeat = new("is_repeat_exposure", "Whether the process already recorded this exposure of the subject within the repeat window.", ValueType.Boolean);
    private readonly ValueColumn<double> _samplingRate = new("sampling_rate", "The share of subjects that are recorded, from 0 to 1.", ValueType.Number);
    private readonly UuidColumn _variantBuild = new("variant_build", "The build of the served variant.", isOptional: true);
    private readonly AttributeColumns _attributes = new(attributeColumns);

    protected override IReadOnlyList<Column> OwnColumns =>
    [
        _variant, _assignedVariant, _arm, .. _subject.All, _selectionReason, _rulePath, _assignmentPolicy.Column, _allocationVersion, _isRepeat, _samplingRate, _variantBuild,
        .. _attributes.All,
    ];

    protected override void Add(ExposureEvent source)
    {
        _variant.Add(source.VariantKey);
        _assignedVariant.Add(source.AssignedVariantKey);
        _arm.Add(source.AssignedVariantKey ?? source.VariantKey);
        _subject.Add(source.SubjectId, source.SubjectType, source.TenantId);
        _selectionReason.Add(source.SelectionReason);
        _rulePath.Add(source.RulePath);
        _assignmentPolicy.Add(source.AssignmentPolicy, source);
        _allocationVersion.Add(source.AllocationVersion);
        _isRepeat.Add(source.IsRepeatExposure);
        _samplingRate.Add(source.SamplingRate);
        _variantBuild.Add(source.VariantBuild);
        _attributes.Add(source.Attributes);
    }

    protected override ExposureEvent ReadEvent(int row)
    {
        Dictionary<string, string>? unknown = null;
        return new ExposureEvent
        {
            SchemaVersion = SchemaVersion(row),
            ExperimentName = Experiment[row]!,
            Timestamp = Timestamp(row),
            VariantKey = _variant[row]!,
            AssignedVariantKey = _assignedVariant[row],
            SubjectId = _subject.Id(row),
            SubjectType = _subject.Type(row),
            TenantId = _subject.TenantId(row),
            SelectionReason = _selectionReason[row]!,
            RulePath = _rulePath[row],
            AssignmentPolicy = _assignmentPolicy.Read(row, ref unknown),
            AllocationVersion = _allocationVersion[row],
            IsRepeatExposure = _isRepeat[row]!.Value,
            SamplingRate = _samplingRate[row]!.Value,
            VariantBuild = _variantBuild[row],
            Attributes = _attributes.Read(row),
            UnknownValues = unknown,
        };
    }

    protected override void Dispose(bool disposing)
    {
        _attributes.Dispose();
        base.Dispose(disposing);
    }
}
