"""Streamlit helpers of the steward's pages; may use pipeline and the ledger."""
