// The papers that claims come from.

export const yaras = "Yaras et al. 2024, arXiv 2406.04112";
export const kwon = "Kwon et al. 2024, arXiv 2311.05061";
export const parsimony = "Yaras et al. 2023, arXiv 2306.01154";
